using System.Diagnostics;

namespace SaltEvents.Benchmarks.Throughput;

/// <summary>What one run of a scenario gave.</summary>
/// <param name="Sent">Events that the sender wrote.</param>
/// <param name="Received">Events that arrived in order; with several subscribers, at the one that got fewest.</param>
/// <param name="Dropped">Events that client and bus say they dropped or could not read.</param>
/// <param name="Values">A value for each figure of the scenario.</param>
internal sealed record RunResult(long Sent, long Received, long Dropped, params double[] Values)
{
    public bool IsSound => Sent == Received && Dropped == 0;

    public static double Rate(long events, Stopwatch clock) => events / clock.Elapsed.TotalSeconds;
}
