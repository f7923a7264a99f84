using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Api;

/// <summary>
/// What one listener gets of a salt-api's event stream: the events that pass its filter, in a bounded queue. The stream is read
/// whether or not anybody reads here: salt-api cuts off a reader that makes it wait. Safe for several readers.
/// </summary>
public sealed class SaltApiSubscription : QueuedSubscription
{
    private readonly SaltApiStream stream;

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

    /// <summary>Takes an event of the stream.</summary>
    internal void Put(SaltEvent saltEvent)
    {
        if (EndReason != SubscriptionEndReason.None)
        {
            return;
        }

        if (Filter.IsMatch(saltEvent))
        {
            Enqueue([saltEvent], 0, out _);
        }

        CountReceived(); // last: whoever sees it counted sees what has become of it
    }

    private protected override void OnEnded() => stream.Remove(this);
}
