using System;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Nats;
using SaltEvents.Core.Protocols;

namespace SaltEvents;

/// <summary>A relay that this process runs. The counters are those of the moment they are read.</summary>
public sealed class SaltEventRelay : SaltEventTarget
{
    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(5);
    private readonly IEventRelay relay;
    private long droppedTold;
    private int closed;

    internal SaltEventRelay(
        int id,
        BusEndpoint endpoint,
        SaltNode? node,
        string site,
        string stream,
        string servers,
        string[] accept,
        IEventRelay relay
    )
        : base(id, endpoint, node)
    {
        Site = site;
        Stream = stream;
        Servers = servers;
        Accept = accept;
        this.relay = relay;
    }

    /// <summary>The site.</summary>
    public string Site { get; }

    /// <summary>The stream that keeps the events.</summary>
    public string Stream { get; }

    /// <summary>The NATS servers.</summary>
    public string Servers { get; }

    /// <summary>The tags of events that it fires for others; empty if it fires none.</summary>
    public string[] Accept { get; }

    /// <summary>Running; Waiting, while the server or the bus is away; Stopped; or Ended, if the bus is gone for good.</summary>
    public string State => closed != 0 ? "Stopped" : !relay.IsRunning ? "Ended" : relay.Problem is null ? "Running" : "Waiting";

    /// <summary>What keeps it from relaying at present; null if nothing does.</summary>
    public string? Problem => closed != 0 ? null : relay.Problem;

    /// <summary>Events read from the bus, of the tags that are relayed.</summary>
    public long Read => Counters.Read;

    /// <summary>Messages sent to the server, including repetitions.</summary>
    public long Published => Counters.Published;

    /// <summary>Events that the server has stored.</summary>
    public long Acknowledged => Counters.Acknowledged;

    /// <summary>How many of them it already had: from another relay of the site, or published again.</summary>
    public long Duplicates => Counters.Duplicates;

    /// <summary>Events that wait to be published or acknowledged.</summary>
    public int Waiting => Counters.Waiting;

    /// <summary>Events that were given up: the queue was full, they were too large, or the relay was stopped.</summary>
    public long Dropped => Counters.Dropped;

    /// <summary>Events with secrets, which were not published.</summary>
    public long Withheld => Counters.Withheld;

    /// <summary>Events of other masters of the cluster, which their own relay publishes.</summary>
    public long OfPeers => Counters.OfPeers;

    /// <summary>Events fired on the bus for others.</summary>
    public long Fired => Counters.Fired;

    /// <summary>Events that others asked to fire and that were not fired.</summary>
    public long Refused => Counters.Refused;

    internal override bool IsOpen => closed == 0;

    private EventRelayCounters Counters => relay.Counters;

    /// <inheritdoc/>
    public override string ToString() => $"Relay {Id} of site {Site} to {Servers}";

    /// <summary>The warning about events that were dropped since the last call; null if there were none.</summary>
    internal string? ReadAndResetDropped()
    {
        var now = Dropped;
        var news = now - Interlocked.Exchange(ref droppedTold, now);
        return news <= 0
            ? null
            : DisplayText.OneLine(
                $"{this} has dropped {Counted.Of(news, "event")} since the last call. {relay.LastDropped ?? Problem}"
            );
    }

    /// <summary>Stops it.</summary>
    /// <param name="wait">How long to publish what waits.</param>
    /// <param name="token">Ends that early; the relay is still stopped.</param>
    internal void Stop(TimeSpan wait, CancellationToken token)
    {
        if (Interlocked.Exchange(ref closed, 1) == 0)
        {
            Task.Run(() => relay.StopAsync(wait, token)).GetAwaiter().GetResult();
        }

        Close();
    }

    private protected override void End()
    {
        if (Interlocked.Exchange(ref closed, 1) == 0)
        {
            relay.StopAsync(CloseTime).GetAwaiter().GetResult();
        }
    }
}
