using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace SaltEvents.Core.Tests.Support;

/// <summary>Waits for what has no signal of its own, such as a counter, and for tasks, with a limit that only a failure reaches.</summary>
internal static class Eventually
{
    private static long allocated;

    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How many bytes the waiting itself has allocated: for tests that bound what the process allocates meanwhile, however long they wait.
    /// </summary>
    public static long Allocated => Interlocked.Read(ref allocated);

    public static async Task True(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string? what = null)
    {
        var watch = Stopwatch.StartNew();
        while (Look(condition) is { } pause)
        {
            Assert.True(watch.Elapsed < Limit, "Never: " + what);
            await pause;
        }
    }

    private static Task? Look(Func<bool> condition)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var pause = condition() ? null : Task.Delay(1);
        Interlocked.Add(ref allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        return pause;
    }

    public static Task Soon(this Task task) => task.WaitAsync(Limit);

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Limit);
}
