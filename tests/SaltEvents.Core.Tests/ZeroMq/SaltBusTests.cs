using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using System.Text.Json.Nodes;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using Xunit;

namespace SaltEvents.Core.Tests.ZeroMq;

/// <summary>Our client on a bus of libzmq, over TCP and over ipc://.</summary>
public sealed class SaltBusTests : IDisposable
{
    private const int Many = 10_000;
    private static readonly EventBusClientOptions Options = new() { ConnectTimeout = Eventually.Limit, Overflow = OverflowPolicy.Block };
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    private Task<(ZeroMqPeer Bus, BusEndpoint Endpoint)> StartAsync(bool ipc) => ZeroMqPeer.StartBusAsync(ipc ? directory.Path : null);

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ten_thousand_events_go_each_way(bool ipc)
    {
        var (bus, endpoint) = await StartAsync(ipc);
        await using (bus)
        {
            using var client = new EventBusClient(endpoint, Options);
            await using var subscription = await client.SubscribeAsync();
            var reading = Task.Run(() => ReadAsync(subscription, Many));
            for (var i = 0; i < Many; i++)
            {
                await client.FireAsync("many/" + i, new PayloadMap { { "i", (long)i } });
            }

            Assert.True(await client.CompleteAsync(Eventually.Limit));
            var events = await reading.Soon();
            Assert.Equal(Enumerable.Range(0, Many).Select(i => "many/" + i), events.Select(e => e.Tag));
            Assert.Equal(Many - 1L, (events[^1].Fields.Decode() as PayloadMap)!["i"]);
        }
    }

    internal static async Task<List<SaltEvent>> ReadAsync(EventSubscription subscription, int count)
    {
        var events = new List<SaltEvent>();
        while (events.Count < count && await subscription.WaitToReadAsync())
        {
            while (events.Count < count && subscription.TryRead(out var saltEvent))
            {
                events.Add(saltEvent!);
            }
        }

        return events;
    }
}
