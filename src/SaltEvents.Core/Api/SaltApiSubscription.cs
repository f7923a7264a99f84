using System.Collections.Generic;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Api;

/// <summary>
/// One listener's part of a salt-api's event stream: the events that pass its filter, in a bounded queue. The stream is read
/// whether or not anybody reads here: salt-api cuts off a reader that makes it wait. Safe for several readers.
/// </summary>
public sealed class SaltApiSubscription : QueuedSubscription
{
    private readonly SaltApiStream stream;
    private readonly List<SaltEvent> passed = [];

    internal SaltApiSubscription(SaltApiStream stream, TagFilter filter, EventBusClientOptions options)
        : base(filter, options) => this.stream = stream;

    /// <inheritdoc/>
    public override void ThrowIfBroken()
    {
        switch (EndReason)
        {
            case SubscriptionEndReason.BusClosed:
                throw EndCause!;
            case SubscriptionEndReason.Overflow:
                throw new SaltApiException(SaltApiReason.Failed, $"The subscription at {stream.Uri} was ended: its queue was full.");
        }
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    /// <inheritdoc/>
    public override void Dispose() => End(SubscriptionEndReason.Disposed, null);

    /// <summary>Takes events of the stream that have arrived together.</summary>
    internal void Put(IReadOnlyList<SaltEvent> arrived)
    {
        foreach (var saltEvent in arrived)
        {
            if (EndReason != SubscriptionEndReason.None)
            {
                break;
            }

            if (Filter.IsMatch(saltEvent))
            {
                passed.Add(saltEvent);
            }

            if (passed.Count >= BatchSize)
            {
                EnqueuePassed();
            }
        }

        EnqueuePassed();
        CountReceived(arrived.Count); // last: when the count is seen, so is the result
    }

    private void EnqueuePassed()
    {
        for (var next = 0; next < passed.Count && EndReason == SubscriptionEndReason.None;)
        {
            next += Enqueue(passed, next, out _);
        }

        passed.Clear();
    }

    private protected override void OnEnded() => stream.Remove(this);
}
