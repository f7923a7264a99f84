using System;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Api;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Nats;
using SaltEvents.Objects;

namespace SaltEvents;

/// <summary>
/// A subscription that stays open and keeps what arrives between two calls. What one call does not match stays for the
/// next.
/// </summary>
public sealed class SaltEventSession : SaltEventTarget
{
    private readonly EventSession session;
    private readonly ScriptBlock? until;
    private readonly Guid runspace = Runspace.DefaultRunspace?.InstanceId ?? Guid.Empty;
    private int closed;

    internal SaltEventSession(
        int id,
        SaltNode? node,
        EventSession session,
        string[] tag,
        TagFilter filter,
        EventBusClientOptions options,
        ScriptBlock? until,
        SaltApiClient? api = null,
        INatsBus? nats = null
    )
        : base(id, session.Endpoint, node)
    {
        this.session = session;
        this.until = until;
        Tag = tag;
        Filter = filter;
        Api = api;
        Nats = nats;
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

    /// <summary>
    /// Open; Closed by Remove-SaltEventSession; or Ended, if the bus went away, and its events can still be read, or after the event
    /// of -Until.
    /// </summary>
    public string State =>
        !IsLive ? "NotLive"
        : closed != 0 ? "Closed"
        : session.EndReason == SubscriptionEndReason.None ? "Open"
        : "Ended";

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

    /// <summary>Losses that were not reported yet, also between the commands that read it.</summary>
    internal DropCounter Losses { get; }

    internal EventBusClient? Client => session.Client;

    /// <summary>The salt-api that it is over; null if it is on a bus of this computer.</summary>
    internal SaltApiClient? Api { get; }

    /// <summary>The NATS servers that it is over; null if it is on a bus of this computer.</summary>
    internal INatsBus? Nats { get; }

    /// <inheritdoc/>
    public override string ToString() => Meant?.ToString() ?? $"Session {Id} on {PubAddress}";

    /// <summary>Whether an event ends it.</summary>
    internal bool HasUntil => until is not null;

    /// <summary>Ends the session if an event that was read from it is the one of its -Until.</summary>
    internal bool EndAfter(SaltEvent saltEvent)
    {
        if (until is null || session.EndReason != SubscriptionEndReason.None)
        {
            return false;
        }

        // Elsewhere the block runs without the variables around it: two runspaces must not share them.
        var block = Runspace.DefaultRunspace?.InstanceId == runspace ? until : ((ScriptBlockAst)until.Ast).GetScriptBlock();
        if (!UntilBlock.IsTrue(block, saltEvent))
        {
            return false;
        }

        Task.Run(session.FinishAsync).GetAwaiter().GetResult();
        return true;
    }

    internal IEventSource Matching(TagFilter filter) => session.Matching(filter);

    private protected override void End()
    {
        if (Interlocked.Exchange(ref closed, 1) == 0)
        {
            session.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
