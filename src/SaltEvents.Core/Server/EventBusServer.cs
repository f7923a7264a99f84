using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Server;

/// <summary>
/// An event bus as a Salt master or minion has it: what senders write to the pull socket goes, undecoded and in order, to
/// every subscriber of the pub socket. Unix sockets are 0600 from the moment they exist, a directory made for them is 0700.
/// </summary>
public sealed class EventBusServer : IAsyncDisposable
{
    private readonly EventBusServerOptions options;
    private readonly ConnectionLimit limit;
    private readonly SubscriberHub hub;
    private readonly SenderHub senders;
    private readonly MasterForwarder? forwarder;
    private readonly CreatedDirectories directories;
    private readonly object stopping = new();
    private Task? stopped;

    private EventBusServer(EventBusServerOptions options, BusListener pub, BusListener pull, CreatedDirectories directories)
    {
        this.options = options;
        this.directories = directories;
        Endpoint = options.Listen with { Pub = pub.Address, Pull = pull.Address };
        limit = new ConnectionLimit(options);
        hub = new SubscriberHub(pub, options, limit);
        forwarder = options.Forwarding is { } forwarding ? new MasterForwarder(forwarding) : null;
        senders = new SenderHub(pull, hub, options, forwarder, limit);
    }

    /// <summary>Where it listens: with the ports that the system assigned.</summary>
    public BusEndpoint Endpoint { get; }

    /// <summary>The only format that it accepts from senders; null for either.</summary>
    public FrameFormat? Accepts => options.Accepts;

    /// <summary>How many connections it holds at once; see <see cref="EventBusServerOptions.MaxConnections"/>.</summary>
    public int MaxConnections => limit.Maximum;

    /// <summary>Whether it still runs.</summary>
    public bool IsRunning
    {
        get
        {
            lock (stopping)
            {
                return stopped is null;
            }
        }
    }

    /// <summary>Each subscriber connected now.</summary>
    public IReadOnlyList<SaltEventSubscriber> Subscribers => hub.Subscribers;

    /// <summary>What it has done so far.</summary>
    public EventBusCounters Counters
    {
        get
        {
            var totals = hub.Totals;
            return new EventBusCounters
            {
                EventsIn = senders.Counters.Events,
                BytesIn = senders.Counters.Bytes,
                Malformed = senders.Counters.Malformed,
                Senders = senders.Count,
                EventsOut = totals.EventsOut,
                BytesOut = totals.BytesOut,
                Dropped = totals.Dropped,
                Subscribers = hub.Subscribers.Count,
                Refused = limit.Refused,
                Forwarded = forwarder?.Forwarded ?? 0,
                ForwardQueued = forwarder?.Queued ?? 0,
                ForwardDropped = forwarder?.Dropped ?? 0,
                ForwardUnconfirmed = forwarder?.Unconfirmed ?? 0,
            };
        }
    }

    /// <summary>Starts a bus.</summary>
    /// <exception cref="PlatformNotSupportedException">Unix sockets are not to be had here, or not with ZeroMQ on them.</exception>
    /// <exception cref="BusException">A live bus has one of the addresses.</exception>
    /// <exception cref="BusException">The account may not listen there.</exception>
    public static async Task<EventBusServer> StartAsync(EventBusServerOptions options, CancellationToken token = default)
    {
        var protocol = options.Listen.Protocol;
        protocol.CheckSupported(options.Listen.Pub);
        protocol.CheckSupported(options.Listen.Pull);
        if (!protocol.IsFramed)
        {
            options = options with { Format = FrameFormat.Map, Accepts = null };
        }

        var directories = CreatedDirectories.CreateFor(options.Listen);
        BusListener? pub = null;
        try
        {
            pub = await BusListener.ListenAsync(options.Listen.Pub, token).ConfigureAwait(false);
            var pull = await BusListener.ListenAsync(options.Listen.Pull, token).ConfigureAwait(false);
            return new EventBusServer(options, pub, pull, directories);
        }
        catch
        {
            pub?.Dispose();
            directories.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Stops it: what senders have sent already is relayed and subscribers may take what is queued for them, for a moment;
    /// then connections, files and threads are gone.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Task work;
        lock (stopping)
        {
            work = stopped ??= StopAsync();
        }

        await work.ConfigureAwait(false);
    }

    private async Task StopAsync()
    {
        var watch = Stopwatch.StartNew();
        var relayed = await senders.StopAsync(options.StopTimeout).ConfigureAwait(false);
        // Completes queues too: a sender that waits for room under Block must not hold up the stop.
        await hub.StopAsync(Left(watch)).ConfigureAwait(false);
        await relayed.ConfigureAwait(false);
        if (forwarder is not null)
        {
            await forwarder.StopAsync(options.StopTimeout).ConfigureAwait(false);
        }

        hub.Dispose();
        senders.Dispose();
        directories.Dispose();
    }

    private TimeSpan Left(Stopwatch watch)
    {
        if (options.StopTimeout == Timeout.InfiniteTimeSpan)
        {
            return options.StopTimeout;
        }

        return watch.Elapsed < options.StopTimeout ? options.StopTimeout - watch.Elapsed : TimeSpan.Zero;
    }
}
