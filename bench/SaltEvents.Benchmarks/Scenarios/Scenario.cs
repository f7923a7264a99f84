using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using SaltEvents.Benchmarks.Throughput;

namespace SaltEvents.Benchmarks.Scenarios;

/// <summary>Something that is measured, with the peers that it needs.</summary>
internal abstract class Scenario : IAsyncDisposable
{
    /// <summary>A run that takes longer is a failure: an event has been lost.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public abstract string Name { get; }

    public abstract IReadOnlyList<Figure> Figures { get; }

    /// <summary>How many events one run takes, of what was asked for.</summary>
    public virtual int EventsOf(int asked) => asked;

    public abstract Task StartAsync();

    public abstract Task<RunResult> RunAsync(int events);

    /// <summary>The first run; its figures are thrown away, its soundness counts.</summary>
    public virtual Task<RunResult> WarmUpAsync(int events) => RunAsync(events);

    public abstract ValueTask DisposeAsync();
}
