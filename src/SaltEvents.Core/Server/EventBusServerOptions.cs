using System;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Protocols;

namespace SaltEvents.Core.Server;

/// <summary>
/// How an embedded bus behaves. Immutable; change a copy with <c>with</c>. A value that makes no sense, such as a queue of 0
/// events, is an <see cref="ArgumentOutOfRangeException"/> where it is set.
/// </summary>
/// <param name="Listen">Where it listens: Unix sockets, or TCP ports of which 0 takes a free one; with either protocol on them.</param>
public sealed record EventBusServerOptions(BusEndpoint Listen)
{
    /// <summary>The longest frame accepted, in bytes. Default 64 MiB, 1 GiB at most.</summary>
    public int MaxFrameBytes
    {
        get;
        init => field = Require.Between(1, value, FrameLimits.GreatestMaxFrameBytes);
    } = FrameLimits.DefaultMaxFrameBytes;

    /// <summary>How many events can wait for one subscriber. Default 10,000. Data in its socket is not counted.</summary>
    public int QueueSize { get; init => field = Require.Positive(value); } = 10_000;

    /// <summary>How many bytes wait for one subscriber at most; a single event may be longer. Default 256 MiB.</summary>
    public long QueueBytes { get; init => field = Require.Between(1, value, long.MaxValue); } = 256L * 1024 * 1024;

    /// <summary>
    /// What happens to a subscriber's events above that. Default <see cref="SaltOverflow.DropOldest"/>. Under
    /// <see cref="SaltOverflow.Block"/> senders wait for the slowest subscriber, and a queue can exceed its size by what
    /// was read from the senders at once.
    /// </summary>
    public SaltOverflow Overflow { get; init; } = SaltOverflow.DropOldest;

    /// <summary>
    /// How many connections, listeners and senders together, are open at once; further ones are closed at once and counted as
    /// refused. Null, the default, is a quarter of the file handles that are free when the process's first bus starts, and
    /// 4,096 at most (with ZeroMQ, where a connection takes several handles, fewer). All buses of a process together take no
    /// more than half of these handles, whatever this says.
    /// </summary>
    public int? MaxConnections { get; init => field = value is { } most ? Require.Positive(most) : null; }

    /// <summary>How frames are published. Default <see cref="FrameFormat.Map"/>.</summary>
    public FrameFormat Format { get; init; } = FrameFormat.Map;

    /// <summary>The only format that is accepted from senders; null for either. Default null.</summary>
    public FrameFormat? Accepts { get; init; }

    /// <summary>Makes this a minion's bus that sends <c>fire_master</c> events on to a master; null for none.</summary>
    public MasterForwarding? Forwarding { get; init; }

    /// <summary>
    /// How long a stopping bus takes to relay what senders have sent already and to let subscribers take what is queued for
    /// them; and then how long it waits for its master. Default 1 s.
    /// </summary>
    public TimeSpan StopTimeout { get; init => field = Require.Wait(value); } = TimeSpan.FromSeconds(1);
}
