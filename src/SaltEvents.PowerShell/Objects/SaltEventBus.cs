using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using SaltEvents.Base;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Server;
using SaltEvents.Core.Transport;
using SaltEvents.Objects;

namespace SaltEvents;

/// <summary>A bus that this process runs. Each counter is read when it is asked for.</summary>
public sealed class SaltEventBus : SaltEventAnyBus
{
    private static readonly ConcurrentDictionary<(BusAddress Pull, BusProtocol Protocol), SaltEventBus> Running = new();
    private readonly EventBusServer server;
    private readonly TemporarySocketDirectory? temporary;
    private long refusedTold;

    internal SaltEventBus(
        int id,
        SaltNode node,
        string? minionId,
        EventBusServer server,
        TemporarySocketDirectory? temporary,
        string? saltVersion
    )
        : base(id, server.Endpoint, node)
    {
        MinionId = minionId;
        SaltVersion = saltVersion;
        this.server = server;
        this.temporary = temporary;
        Running[(Endpoint.Pull, Endpoint.Protocol)] = this;
    }

    internal SaltEventBus() => server = null!;

    /// <summary>How it takes frames.</summary>
    public SaltFraming AcceptFraming => server?.Accepts is { } format ? format.ToFraming() : SaltFraming.Auto;

    /// <summary>The version of Salt that it imitates; null if none was given.</summary>
    public string? SaltVersion { get; }

    /// <summary>The minion's id; null for a master's bus.</summary>
    public string? MinionId { get; }

    /// <summary>The directory of the sockets; null in TCP mode.</summary>
    public string? SockDir => Endpoint?.Pub is UnixBusAddress unix ? Path.GetDirectoryName(unix.Path) : null;

    /// <summary>The port for listeners; null with Unix sockets.</summary>
    public int? PubPort => (Endpoint?.Pub as TcpBusAddress)?.Port;

    /// <summary>The port for senders; null with Unix sockets.</summary>
    public int? PullPort => (Endpoint?.Pull as TcpBusAddress)?.Port;

    /// <summary>Where it is, in short: its directory, or host and ports.</summary>
    public string Address => SockDir ?? $"{PubAddress}, {PullPort}";

    /// <summary>Running or Stopped.</summary>
    public string State => server?.IsRunning == true ? "Running" : "Stopped";

    /// <summary>Subscribers connected now.</summary>
    public int Subscribers => Counters.Subscribers;

    /// <summary>Senders connected now.</summary>
    public int Senders => Counters.Senders;

    /// <summary>Events taken from senders.</summary>
    public long EventsIn => Counters.EventsIn;

    /// <summary>Events handed to subscribers, counted per subscriber.</summary>
    public long EventsOut => Counters.EventsOut;

    /// <summary>Bytes read from senders.</summary>
    public long BytesIn => Counters.BytesIn;

    /// <summary>Bytes handed to subscribers.</summary>
    public long BytesOut => Counters.BytesOut;

    /// <summary>Events that a subscriber did not get because its queue was full.</summary>
    public long Dropped => Counters.Dropped;

    /// <summary>Frames that were not events.</summary>
    public long Malformed => Counters.Malformed;

    /// <summary>How many connections it holds at once, listeners and senders together.</summary>
    public int MaxConnections => server.MaxConnections;

    /// <summary>Connections that were refused because there were too many.</summary>
    public long Refused => Counters.Refused;

    /// <summary>Events sent on to the master.</summary>
    public long Forwarded => Counters.Forwarded;

    /// <summary>Events that wait for the master.</summary>
    public int ForwardQueued => Counters.ForwardQueued;

    /// <summary>Events for the master that were dropped.</summary>
    public long ForwardDropped => Counters.ForwardDropped;

    /// <summary>Events sent to a master that went away before it had read them.</summary>
    public long ForwardUnconfirmed => Counters.ForwardUnconfirmed;

    /// <summary>Each subscriber connected now.</summary>
    public IReadOnlyList<SaltEventSubscriber> SubscriberList => server.Subscribers;

    /// <summary>
    /// The bus of this process, of any runspace, with that pull socket; null for any other, of which only the address is known.
    /// </summary>
    internal static SaltEventBus? Find(BusEndpoint endpoint) =>
        Running.TryGetValue((endpoint.Pull, endpoint.Protocol), out var bus) ? bus : null;

    /// <summary>How tags end on a ZeroMQ bus of this process; null for any other.</summary>
    internal static SaltTagForm? TagFormAt(BusEndpoint endpoint) =>
        Find(endpoint) is not { } own
            ? null
            : (own.SaltVersion is { } version ? SaltVersions.TagFormOf(version) : null) ?? SaltTagForm.Delimited;

    /// <summary>Which format a bus of this process accepts; null for any other.</summary>
    internal static FrameFormat? FormatAt(BusEndpoint endpoint) =>
        Find(endpoint) is { } own ? own.AcceptFraming.ToFormat() ?? FrameFormat.Map : null;

    internal override bool IsOpen => server?.IsRunning == true;

    /// <summary>The warning if connections were refused since the last call; null if there were none.</summary>
    internal string? ReadAndResetRefusals()
    {
        var now = Refused;
        var news = now - Interlocked.Exchange(ref refusedTold, now);
        return news <= 0
            ? null
            : $"{this} refused {Counted.Of(news, "connection")}: it holds {MaxConnections} at once, and all buses of the process share half of its file handles. Find the program that connects so often, or give Start-SaltEventBus a larger -MaxConnections.";
    }

    private EventBusCounters Counters => server.Counters;

    /// <inheritdoc/>
    public override string ToString() => Meant?.ToString() ?? $"{Node} bus {Id} at {Address}";

    private protected override void End()
    {
        Running.TryRemove((Endpoint.Pull, Endpoint.Protocol), out _);
        server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        temporary?.Dispose();
    }
}
