using System;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Client;

/// <summary>The queued and arriving events of a subscription that pass another filter. Other readers get the rest.</summary>
internal sealed class MatchingSource(IEventSubscription subscription, EventQueue queue, TagFilter filter, Action? check) : IEventSource
{
    private readonly ReadPosition position = new();

    public int Queued => subscription.Queued;

    public long Dropped => subscription.Dropped;

    public long Malformed => subscription.Malformed;

    public string? LastMalformed => subscription.LastMalformed;

    public bool TryReadStatus(out StreamStatus? status) => queue.TryTakeStatus(filter, out status, position);

    public bool TryRead(out SaltEvent? saltEvent) => queue.TryTake(filter, out saltEvent, position);

    public ValueTask<bool> WaitToReadAsync(CancellationToken token = default) => queue.WaitAsync(filter, token, position);

    public void ThrowIfBroken()
    {
        subscription.ThrowIfBroken();
        check?.Invoke();
    }
}
