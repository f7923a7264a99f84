using System;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Protocols;

namespace SaltEvents.Core.Server;

/// <summary>How a minion's bus reaches its master.</summary>
/// <param name="Master">The master's bus.</param>
/// <param name="MinionId">The id under which the events arrive there.</param>
public sealed record MasterForwarding(BusEndpoint Master, string MinionId)
{
    /// <summary>
    /// How many events wait while the master is away, in addition to the one that is being sent; above that the oldest are dropped and
    /// counted. Default 10,000.
    /// </summary>
    public int QueueSize { get; init => field = Require.Positive(value); } = 10_000;

    /// <summary>How many bytes of events wait at most, in the same way. Default 256 MiB.</summary>
    public long QueueBytes { get; init => field = Require.Between(1, value, long.MaxValue); } = 256L * 1024 * 1024;

    /// <summary>
    /// How frames are written to the master; null, the default, finds out what its bus takes, with an event of its own before the first
    /// one.
    /// </summary>
    public FrameFormat? Format { get; init; }

    /// <summary>How tags are written to the master, if it speaks ZeroMQ. Default <see cref="SaltTagForm.Delimited"/>.</summary>
    public SaltTagForm TagForm { get; init; } = SaltTagForm.Delimited;

    /// <summary>How the master writes the time of firing into what arrives. Default <see cref="Events.StampForm.Utc"/>.</summary>
    public StampForm StampForm { get; init; }

    /// <summary>How long connecting to the master may take. Default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; init => field = Require.Wait(value); } = TimeSpan.FromSeconds(5);
}
