using System;
using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using System.Threading;

namespace SaltEvents.Benchmarks.Soak;

/// <summary>What this process holds once all that can be is collected.</summary>
internal readonly record struct MemoryFigures(long Heap, long Resident, int Threads)
{
    private const double Mebibyte = 1024 * 1024;

    public static MemoryFigures Take()
    {
        for (var i = 0; i < 3; i++)
        {
            GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        using var process = Process.GetCurrentProcess();
        return new MemoryFigures(
            GC.GetTotalMemory(forceFullCollection: true),
            process.WorkingSet64,
            process.Threads.Count - ThreadPool.ThreadCount
        ); // the pool's come and go with the load
    }

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"managed heap {Heap / Mebibyte, 7:0.00} MiB, resident {Resident / Mebibyte, 7:0.0} MiB, threads beside the pool {Threads, 3}"
        );
}
