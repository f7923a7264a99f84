using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Nats;
using SaltEvents.Core.Nats.JetStream;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Tests;
using Xunit;

namespace SaltEvents.Core.Tests.Nats;

[Collection(nameof(NatsClusterTests))]
public sealed class NatsClusterTests
{
    private static readonly string[] Names = ["hq", "east", "west"];

    [NeedsFact(What = NatsServer.Needs)]
    public async Task A_listener_can_start_just_after_a_server_of_the_cluster_has_gone()
    {
        using var cluster = NatsCluster.Start();
        await using var site = await StartedAsync("hq", cluster);
        await site.FireAsync("a", 1);
        await Eventually.True(() => site.Relay.Counters.Acknowledged == 1);
        cluster.Servers[0].Kill();
        await site.FireAsync("a", 2);
        await Eventually.True(() => site.Relay.Counters.Acknowledged == 2);
        var read = new NatsReadOptions { Since = DateTime.UtcNow.AddHours(-1) };
        for (var watch = Stopwatch.StartNew(); ;)
        {
            var error = await Record.ExceptionAsync(() => NatsReadTests.StoredAsync(cluster.Servers[1], read));
            if (error is null)
            {
                break; // the other two have chosen a leader
            }

            Assert.True(error is NatsBusException { IsTransient: true } && watch.Elapsed < Eventually.Limit, error.ToString());
        }

        // The leader places a consumer by chance, and one that is asked for again and again can get the dead server each time: one in
        // some hundred commands does.
        var failed = 0;
        for (var i = 0; i < 4; i++)
        {
            if (await Record.ExceptionAsync(async () => Assert.Equal([1L, 2L], await NatsReadTests.StoredAsync(cluster.Servers[1], read))) is { } error)
            {
                Assert.True(error is NatsBusException { IsTransient: true } && ++failed == 1, error.ToString());
            }
        }
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task The_leader_is_killed_under_load_and_a_relay_too_and_nothing_acknowledged_is_lost()
    {
        using var cluster = NatsCluster.Start();
        await using var hq = await StartedAsync(Names[0], cluster);
        await using var east = await NatsSite.StartAsync(Names[1], cluster.Uris);
        await using var west = await NatsSite.StartAsync(Names[2], cluster.Uris);
        NatsSite[] sites = [hq, east, west];
        await using var closing = new Closing();
        var listeners = closing.Of(await Task.WhenAll(Enumerable.Range(0, 20).Select(i => NatsListener.StartAsync(
            cluster.Uris,
            new NatsReadOptions { Sites = i % 4 == 1 ? ["hq"] : i % 4 == 2 ? ["*t"] : [], Durable = i == 19 ? "report" : null },
            i % 4 == 3 ? ["load/a*"] : []))));
        using var stop = new CancellationTokenSource();
        var fired = Task.WhenAll(sites.Select(s => FireAsync(s, stop.Token)));

        await Eventually.True(() => listeners.All(l => Names.Any(n => l.Count(n) > 100)));
        var leader = await LeaderAsync(cluster);
        cluster[leader].Kill();
        var before = sites.Select(s => s.Relay.Counters.Acknowledged).ToArray();
        await Eventually.True(() => sites.Zip(before).All(p => p.First.Relay.Counters.Acknowledged > p.Second + 100));
        cluster[leader].Start();

        var old = sites[0].Relay;
        await old.DisposeAsync(); // nothing that waits is published any more
        await sites[0].StartRelayAsync();
        await Eventually.True(() => sites[0].Relay.Counters.Acknowledged > 100);
        await stop.CancelAsync();
        var counts = await fired;
        await Eventually.True(() => sites.All(s => s.Relay.Counters is { Waiting: 0 } c && c.Read == c.Acknowledged + c.Dropped));

        // Of a relay that was killed, what the server stored and could not acknowledge any more is there too.
        for (var i = 0; i < 3; i++)
        {
            var stored = sites[i].Relay.Counters.Acknowledged + (i == 0 ? old.Counters.Acknowledged : 0);
            var readers = listeners.Where((_, l) => l % 4 == 0 || (l % 4 == 1 && i == 0) || (l % 4 == 2 && i > 0)).ToArray();
            await Eventually.True(
                () => readers.All(l => l.Last.GetValueOrDefault(Names[i]) == counts[i]),
                $"{Names[i]} to {counts[i]}:\n{string.Join("\n", (object[])listeners)}"
            );
            Assert.True(readers[0].Count(Names[i]) >= stored);
            Assert.All(readers, l => Assert.Equal(readers[0].Numbers[Names[i]], l.Numbers[Names[i]]));
            Assert.All(
                listeners.Where(l => l.Count(Names[i]) > 0),
                l =>
                    Assert.All(
                        l.Numbers[Names[i]].Zip(l.Numbers[Names[i]].Skip(1)),
                        p => Assert.True(p.First < p.Second, $"{Names[i]}: {p.Second} after {p.First}")
                    )
            );
            if (i > 0)
            {
                Assert.Equal(counts[i], readers[0].Count(Names[i]));
                Assert.Equal(0, sites[i].Relay.Counters.Dropped);
            }
        }

        Assert.All(listeners.Where((_, l) => l % 4 is 0 or 1), l => Assert.True(l.HasSeen(StreamState.Gap))); // of hq's relay
        await Eventually.True(
            () => listeners.All(l => l.HasSeen(StreamState.Disconnected) == l.HasSeen(StreamState.Reconnected)),
            string.Join("\n", (object[])listeners)
        );
    }

    // Only an answer of the servers shows that they are back: no event is published meanwhile.
    [NeedsFact(What = NatsServer.Needs)]
    public async Task A_quiet_relay_says_that_nothing_stores_events_and_no_longer_once_it_is_so()
    {
        using var cluster = NatsCluster.Start();
        await using var site = await StartedAsync("hq", cluster);
        foreach (var server in cluster.Servers)
        {
            server.Kill();
        }

        cluster.Servers[2].Start();
        await Eventually.True(() => site.Relay.Problem is { } p && !p.Contains("connection", StringComparison.Ordinal));
        cluster.Servers[0].Start();
        cluster.Servers[1].Start();
        await Eventually.True(() => site.Relay.Problem is null);
        Assert.Equal(0, site.Relay.Counters.Published);
    }

    // A cluster that has just started needs a moment for its first leader.
    private static async Task<NatsSite> StartedAsync(string name, NatsCluster cluster)
    {
        for (var watch = Stopwatch.StartNew(); ;)
        {
            try
            {
                return await NatsSite.StartAsync(name, cluster.Uris);
            }
            catch (NatsBusException e) when (watch.Elapsed < Eventually.Limit && (e.IsTransient || e.Reason == NatsBusReason.Failed))
            {
                await Task.Delay(50);
            }
        }
    }

    private static async Task<string> LeaderAsync(NatsCluster cluster)
    {
        await using var bus = (NatsBus)NatsSite.Connect(cluster.Uris);
        await bus.ConnectAsync();
        return (await StreamSetup.GetAsync(bus, default)).Cluster!.Leader!;
    }

    private static async Task<int> FireAsync(NatsSite site, CancellationToken stop)
    {
        var n = 0;
        while (!stop.IsCancellationRequested)
        {
            for (var i = 0; i < 5; i++)
            {
                await site.FireAsync($"load/{(n % 2 == 0 ? 'a' : 'b')}/{n % 7}", ++n);
            }

            await Task.Delay(20, CancellationToken.None);
        }

        return n;
    }

    // Disposes the listeners of a test, also of one that fails.
    private sealed class Closing : IAsyncDisposable
    {
        private NatsListener[] listeners = [];

        public NatsListener[] Of(NatsListener[] opened) => listeners = opened;

        public async ValueTask DisposeAsync()
        {
            foreach (var listener in listeners)
            {
                await listener.DisposeAsync();
            }
        }
    }
}
