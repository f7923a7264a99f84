using System;
using System.Diagnostics;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Compat;
using Xunit;
using Xunit.Sdk;

namespace SaltEvents.Core.Tests.Fuzz;

/// <summary>
/// Runs a check on inputs made by chance, each from a seed of its own, for a fixed time: a second, or what the environment
/// variable SALTEVENTS_FUZZ_SECONDS says. A failure names its seed; SALTEVENTS_FUZZ_SEED runs that one first and goes on from there.
/// </summary>
internal static class Fuzzer
{
    private const string SecondsVariable = "SALTEVENTS_FUZZ_SECONDS";
    private const string SeedVariable = "SALTEVENTS_FUZZ_SEED";
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(Variable(SecondsVariable) ?? 1);
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    /// <param name="make">Makes an input.</param>
    /// <param name="check">Throws where something is wrong.</param>
    public static async Task RunAsync(Func<Random, byte[]> make, Action<Random, byte[]> check)
    {
        var first = (int)(Variable(SeedVariable) ?? new Random().Next());
        var seed = first;
        var run = Task.Run(() =>
        {
            for (var watch = Stopwatch.StartNew(); watch.Elapsed < Time; Interlocked.Increment(ref seed))
            {
                RunOne(seed, make, check);
            }
        });
        if (await Task.WhenAny(run, Task.Delay(Time + Hang)) != run)
        {
            Assert.Fail($"It hangs. Repeat it with {SeedVariable}={Volatile.Read(ref seed)}.");
        }

        await run;
        Assert.True(seed > first, "Not one input was tried.");
    }

    private static void RunOne(int seed, Func<Random, byte[]> make, Action<Random, byte[]> check)
    {
        var random = new Random(seed);
        var input = make(random);
        try
        {
            check(random, input);
        }
        catch (Exception e)
        {
            throw new XunitException(
                $"Repeat it with {SeedVariable}={seed}. {input.Length} bytes: \"{TextSupport.Preview(input, 400)}\"{Environment.NewLine}{e}"
            );
        }
    }

    private static double? Variable(string name) =>
        double.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
}
