using System;
using System.Diagnostics;
using System.Threading;

namespace SaltEvents.Tests;

/// <summary>Waits for something without a signal, such as a counter.</summary>
internal static class Until
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static void True(Func<bool> condition, string what)
    {
        for (var watch = Stopwatch.StartNew(); !condition(); Thread.Sleep(2))
        {
            if (watch.Elapsed > Limit)
            {
                throw new TimeoutException($"Waited {Limit.TotalSeconds} s in vain until {what}.");
            }
        }
    }
}
