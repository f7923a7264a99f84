using System;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Connections;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Client;

/// <summary>
/// One connection to a bus's pub socket. A background reader always drains the socket, whether or not anybody reads here,
/// into a bounded queue: a subscriber that leaves its socket full harms the bus. Safe for several readers.
/// </summary>
public sealed partial class EventSubscription : QueuedSubscription
{
    private readonly BusEndpoint endpoint;
    private volatile FrameConnection? connection; // null once it has ended: a connection keeps its buffer
    private readonly Task pump;

    private EventSubscription(
        BusEndpoint endpoint,
        FrameConnection connection,
        bool isConfirmed,
        TagFilter filter,
        EventBusClientOptions options
    )
        : base(filter, options)
    {
        this.endpoint = endpoint;
        this.connection = connection;
        backoff = new Backoff(endpoint.Pub);
        bus = BusIdentity.Find(endpoint.Pub);
        var doubt = isConfirmed
            ? string.Empty
            : " The first events may be missed, because the bus cannot confirm the subscription: give the pull socket too.";
        Report(StreamState.Connected, TimeSpan.Zero, $"Listening to the event bus at {Address}.{doubt}");
        pump = Task.Run(() => PumpAsync(Stopped));
    }

    internal BusAddress Address => endpoint.Pub;

    /// <summary>How the bus publishes; null if it has sent nothing.</summary>
    internal FrameFormat? Format { get; private set; }

    /// <summary>Throws the error that ended the subscription, unless its owner ended it.</summary>
    /// <exception cref="BusException">The bus went away, or the queue overflowed.</exception>
    /// <exception cref="FrameFormatException">What the bus sends is not an event stream.</exception>
    public override void ThrowIfBroken()
    {
        switch (EndReason)
        {
            case SubscriptionEndReason.BusClosed:
                throw new BusException(BusReason.ConnectionLost, Address, $"The event bus at {Address} went away.", EndCause);
            case SubscriptionEndReason.Overflow:
                throw new BusException(
                    BusReason.ConnectionLost,
                    Address,
                    $"The subscription at {Address} was ended: its queue was full.",
                    EndCause
                );
            case SubscriptionEndReason.Malformed:
                throw EndCause!;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        End(SubscriptionEndReason.Disposed, null);
        await pump.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    internal static async Task<EventSubscription> OpenAsync(
        BusEndpoint endpoint,
        TagFilter filter,
        EventBusClientOptions options,
        CancellationToken token
    )
    {
        var (connection, isConfirmed) = await endpoint
            .Protocol.SubscribeAsync(endpoint, filter.Prefixes, options.ConnectTimeout, options.MaxFrameBytes, token)
            .ConfigureAwait(false);
        return new EventSubscription(endpoint, connection, isConfirmed, filter, options);
    }

    // Ends the call in which the background reader waits.
    private protected override void OnEnded() => connection?.Dispose();
}
