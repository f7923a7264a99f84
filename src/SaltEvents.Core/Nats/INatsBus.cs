using System;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Nats;

/// <summary>The events of many masters behind NATS JetStream: reading them, firing through a relay, and relaying.</summary>
public interface INatsBus : IAsyncDisposable, IDisposable
{
    /// <summary>The servers and the user.</summary>
    NatsBusOptions Options { get; }

    /// <summary>Connects, so that problems are noticed before anything else is done.</summary>
    /// <exception cref="NatsBusException">It cannot connect.</exception>
    Task ConnectAsync(CancellationToken token = default);

    /// <summary>The server that it is connected to, in words; empty before it has connected.</summary>
    string Server { get; }

    /// <summary>Connects, and checks that the stream exists.</summary>
    /// <returns>The stream, in words.</returns>
    /// <exception cref="NatsBusException">It cannot connect, or the stream does not exist.</exception>
    Task<string> CheckAsync(CancellationToken token = default);

    /// <summary>Reads events from the stream.</summary>
    /// <exception cref="NatsBusException">The stream cannot be read.</exception>
    Task<IEventSubscription> SubscribeAsync(
        TagFilter filter,
        EventBusClientOptions options,
        NatsReadOptions read,
        CancellationToken token = default
    );

    /// <summary>Has a site's relay fire an event on its bus.</summary>
    /// <param name="site">The site.</param>
    /// <param name="body">The event: tag, blank line, payload.</param>
    /// <param name="timeout">How long the relay may take to answer.</param>
    /// <param name="token">Ends the wait.</param>
    /// <exception cref="NatsBusException">It was not fired, or that is not known.</exception>
    Task FireAsync(string site, ReadOnlyMemory<byte> body, TimeSpan timeout, CancellationToken token = default);

    /// <summary>Starts to publish the events of a bus. The relay owns this connection from then on.</summary>
    /// <exception cref="SaltEventException">The bus or the stream cannot be used.</exception>
    Task<IEventRelay> StartRelayAsync(BusEndpoint bus, EventRelayOptions options, CancellationToken token = default);
}
