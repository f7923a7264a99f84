using System;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;

namespace SaltEvents.Core.Client;

/// <summary>
/// How a client behaves. Immutable; change a copy with <c>with</c>. An invalid value, such as a queue of 0 events,
/// is an <see cref="ArgumentOutOfRangeException"/> where it is set.
/// </summary>
public sealed record EventBusClientOptions
{
    /// <summary>The defaults.</summary>
    public static EventBusClientOptions Default { get; } = new();

    /// <summary>How long connecting may take. Default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; init => field = Require.Wait(value); } = TimeSpan.FromSeconds(5);

    /// <summary>How long the bus may take to accept the bytes of one event. Default 30 s.</summary>
    public TimeSpan SendTimeout { get; init => field = Require.Wait(value); } = TimeSpan.FromSeconds(30);

    /// <summary>The longest frame accepted, in bytes. Default 64 MiB, 1 GiB at most.</summary>
    public int MaxFrameBytes
    {
        get;
        init => field = Require.Between(1, value, FrameLimits.GreatestMaxFrameBytes);
    } = FrameLimits.DefaultMaxFrameBytes;

    /// <summary>Salt's max_event_size for what is fired, in bytes. Default 1 MiB.</summary>
    public int MaxEventBytes { get; init => field = Require.Positive(value); } = EventCodec.DefaultMaxEventBytes;

    /// <summary>
    /// How frames are written; null finds out what the bus accepts, with a test event before the first one is fired.
    /// Default <see cref="FrameFormat.Map"/>.
    /// </summary>
    public FrameFormat? Format { get; init; } = FrameFormat.Map;

    /// <summary>
    /// How tags are written to a ZeroMQ bus; null finds it out from what the bus publishes, and fires nothing if that does not
    /// show it. Default <see cref="SaltTagForm.Delimited"/>.
    /// </summary>
    public SaltTagForm? TagForm { get; init; } = SaltTagForm.Delimited;

    /// <summary>How many events a subscription holds for its reader. Default 10,000.</summary>
    public int QueueSize { get; init => field = Require.Positive(value); } = 10_000;

    /// <summary>How many bytes of events it holds, but at least one event. Default 256 MiB.</summary>
    public long QueueBytes { get; init => field = Require.Between(1, value, long.MaxValue); } = 256L * 1024 * 1024;

    /// <summary>What happens when there are more. Default <see cref="SaltOverflow.DropOldest"/>.</summary>
    public SaltOverflow Overflow { get; init; } = SaltOverflow.DropOldest;

    /// <summary>Whether a subscription reconnects when the bus has gone away. Default false.</summary>
    public bool Reconnect { get; init; }

    /// <summary>How long it tries; null means forever. Default null.</summary>
    public TimeSpan? ReconnectTimeout
    {
        get;
        init => field = value is { } time ? Require.Between(TimeSpan.Zero, time, TimeSpan.MaxValue) : null;
    }

    /// <summary>
    /// Whether a subscription reports what happens to its connection: see <see cref="IEventSource.TryReadStatus"/>. Default false.
    /// </summary>
    public bool ReportsStatus { get; init; }

    /// <summary>Whether a subscription shows the events by which clients find out how a bus takes frames.</summary>
    internal bool ShowsProbes { get; init; }
}
