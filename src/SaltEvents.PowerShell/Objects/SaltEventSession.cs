using System;
using System.Threading;
using SaltEvents.Core.Api;
using SaltEvents.Core.Client;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Events;
using SaltEvents.Objects;

namespace SaltEvents;

/// <summary>A subscription that stays open: it keeps what arrives between two calls. What one call does not match stays for the next.</summary>
public sealed class SaltEventSession : SaltEventTarget
{
    private readonly EventSession session;
    private int closed;

    internal SaltEventSession(int id, SaltNode? node, EventSession session, string[] tag, TagFilter filter, EventBusClientOptions options, SaltApiClient? api = null)
        : base(id, session.Endpoint, node)
    {
        this.session = session;
        Tag = tag;
        Filter = filter;
        Api = api;
        Losses = new DropCounter(session.Matching(TagFilter.All), options);
    }

    internal SaltEventSession()
    {
        session = null!;
        Tag = [];
        Filter = TagFilter.All;
        Losses = null!;
    }

    /// <summary>The tags that it subscribed to; empty for every event.</summary>
    public string[] Tag { get; }

    /// <summary>Open; Closed by Remove-SaltEventSession; or Ended, where the bus went away: what is kept can still be read.</summary>
    public string State => !IsLive ? "NotLive" : closed != 0 ? "Closed" : session.EndReason == SubscriptionEndReason.None ? "Open" : "Ended";

    /// <summary>Events that the bus has sent, whatever their tags.</summary>
    public long Received => session?.Received ?? 0;

    /// <summary>Events of the tags that it subscribed to.</summary>
    public long Matched => session?.Matched ?? 0;

    /// <summary>Events that wait to be read.</summary>
    public int Queued => session?.Queued ?? 0;

    /// <summary>Events that the full queue dropped.</summary>
    public long Dropped => session?.Dropped ?? 0;

    /// <summary>What it subscribed to.</summary>
    internal TagFilter Filter { get; }

    internal override bool IsOpen => closed == 0;

    /// <summary>What was lost and not told yet, between the commands that read it too.</summary>
    internal DropCounter Losses { get; }

    internal EventBusClient? Client => session.Client;

    /// <summary>The salt-api that it is over; null where it is on a bus of this computer.</summary>
    internal SaltApiClient? Api { get; }

    /// <inheritdoc/>
    public override string ToString() => $"Session {Id} on {PubAddress}";

    internal IEventSource Matching(TagFilter filter) => session.Matching(filter);

    private protected override void End()
    {
        if (Interlocked.Exchange(ref closed, 1) == 0)
        {
            session.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
