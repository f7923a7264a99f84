namespace SaltEvents.Benchmarks.Throughput;

/// <summary>One line of the report.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Unit">What it is counted in.</param>
/// <param name="Target">What it should reach; null for none.</param>
/// <param name="LessIsBetter">Whether the target is a ceiling.</param>
internal sealed record Figure(string Name, string Unit, double? Target = null, bool LessIsBetter = false)
{
    public const string EventsPerSecond = "events/s";

    public bool IsMet(double value) => Target is not { } target || (LessIsBetter ? value <= target : value >= target);
}
