using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;
using SaltEvents.Core.Nats;
using SaltEvents.Core.Server;
using SaltEvents.Core.Tests.Support;

namespace SaltEvents.Core.Tests.Nats;

/// <summary>A site of a test: a bus, a client that fires on it, and a relay.</summary>
internal sealed class NatsSite : IAsyncDisposable
{
    private readonly BusPlace place = BusPlace.Usual();
    private readonly IReadOnlyList<Uri> servers;

    private NatsSite(string name, IReadOnlyList<Uri> servers)
    {
        Name = name;
        this.servers = servers;
    }

    public static EventBusClientOptions Listening { get; } =
        new()
        {
            ReportsStatus = true,
            Reconnect = true,
            Overflow = SaltOverflow.Block,
        };

    public string Name { get; }

    public EventBusServer Bus { get; private set; } = null!;

    public EventBusClient Client { get; private set; } = null!;

    public IEventRelay Relay { get; private set; } = null!; // only a site that could not start has none

    public static INatsBus Connect(params IReadOnlyList<Uri> servers) =>
        NatsClients.Create(new NatsBusOptions { Servers = servers, Timeout = TimeSpan.FromSeconds(5) });

    public static async Task<NatsSite> StartAsync(
        string name,
        IReadOnlyList<Uri> servers,
        Func<EventRelayOptions, EventRelayOptions>? change = null
    )
    {
        var site = new NatsSite(name, servers);
        site.Bus = await EventBusServer.StartAsync(new EventBusServerOptions(site.place.Free()) { Overflow = SaltOverflow.Block });
        site.Client = new EventBusClient(site.Bus.Endpoint);
        try
        {
            await site.StartRelayAsync(change);
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    public async Task StartRelayAsync(Func<EventRelayOptions, EventRelayOptions>? change = null)
    {
        var options = new EventRelayOptions { Site = Name, Bus = new EventBusClientOptions { Reconnect = true } };
        Relay = await Connect(servers).StartRelayAsync(Bus.Endpoint, change is null ? options : change(options));
    }

    public async Task<SaltEvent> FireAsync(string tag, int n) =>
        EventCodec.Decode(await Client.FireAsync(tag, new PayloadMap { { "n", n } }));

    /// <summary>The next event; changes of the connection are skipped.</summary>
    public static async Task<SaltEvent> NextAsync(IEventSubscription events)
    {
        SaltEvent? saltEvent;
        while (!events.TryRead(out saltEvent))
        {
            if (!events.TryReadStatus(out _))
            {
                Xunit.Assert.True(await events.WaitToReadAsync().AsTask().Soon());
            }
        }

        return saltEvent!;
    }

    public async ValueTask DisposeAsync()
    {
        await (Relay?.DisposeAsync() ?? default);

        Client.Dispose();
        await Bus.DisposeAsync();
        place.Dispose();
    }
}
