using System;
using SaltEvents.Core.Client;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Protocols;
using SaltEvents.Execution;
using SaltEvents.Selection;

namespace SaltEvents.Routes;

/// <summary>Subscribes to the answers of minions to jobs, on the master's bus.</summary>
/// <param name="command">The command.</param>
/// <param name="findBus">Finds the master's bus; its errors end the command.</param>
/// <param name="transport">What the bus speaks; null if no parameter specifies it.</param>
/// <param name="clientOptions">How to connect to it.</param>
internal sealed class AnswerSubscription(
    CancellableCmdlet command,
    Func<SelectedBus> findBus,
    SaltTransport? transport,
    EventBusClientOptions clientOptions
) : IDisposable
{
    /// <summary>A ZeroMQ bus sends a greeting at once. A stream sends nothing before its next event.</summary>
    public static readonly TimeSpan GreetingTime = TimeSpan.FromMilliseconds(500);

    private EventBusClient? bus;
    private EventSubscription? subscription;

    /// <summary>The answers.</summary>
    public IEventSubscription? Source => subscription;

    /// <summary>What the bus speaks; null before it is open.</summary>
    public BusProtocol? Protocol => bus?.Endpoint.Protocol;

    /// <summary>Subscribes before anything is published: no answer may be missed, and it must be known what the bus speaks.</summary>
    public void Open()
    {
        var found = findBus();
        Listen(found.Endpoint);
        var isKnown =
            found.Own is not null
            || found.Session is not null
            || Protocol == BusProtocol.ZeroMq
            || SaltEventBus.FormatAt(found.Endpoint) is not null;
        if (isKnown || command.Guard(() => Deadline.After(GreetingTime).WaitToRead(subscription!, command.StopToken)))
        {
            return;
        }

        if (transport is null && subscription!.EndCause is FrameFormatException { IsZeroMq: true })
        {
            command.WriteVerbose($"The bus at {found.Endpoint.PubText} speaks ZeroMQ.");
            Listen(found.Endpoint with { Protocol = BusProtocol.ZeroMq });
        }
        else
        {
            command.Guard(subscription!.ThrowIfBroken);
        }
    }

    /// <summary>Subscribes again if the bus has gone since.</summary>
    public void Renew()
    {
        if (subscription is { EndReason: not SubscriptionEndReason.None })
        {
            Open();
        }
    }

    public void Dispose()
    {
        subscription?.Dispose();
        bus?.Dispose();
        (subscription, bus) = (null, null);
    }

    private void Listen(BusEndpoint endpoint)
    {
        Dispose();
        var client = bus = new EventBusClient(endpoint, clientOptions);
        subscription = command.Run(token => client.SubscribeAsync(JobReturnCollector.Filter, token));
    }
}
