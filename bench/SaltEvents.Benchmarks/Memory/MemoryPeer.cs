using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading.Tasks;
using SaltEvents.Benchmarks.Events;
using SaltEvents.Benchmarks.Peers;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Server;

namespace SaltEvents.Benchmarks.Memory;

/// <summary>A process that opens many of one kind, and says by how many bytes its resident memory grew for each.</summary>
internal static class MemoryPeer
{
    public const string Verb = "peer-memory";
    public const string Listeners = "listeners";
    public const string Sessions = "sessions";
    public const string Subscribers = "subscribers";
    public const int EventsKept = 10_000;

    public static async Task<int> RunAsync(string kind, string pub, string pull)
    {
        // The bus of the first two kinds is a process of its own, so that this one has only what is measured.
        await using var peer = kind == Subscribers ? null : await PeerProcess.StartAsync(BusPeer.Verb, pub, pull);
        await using var bus =
            kind == Subscribers
                ? await EventBusServer.StartAsync(new EventBusServerOptions(PeerAddress.Endpoint(pub, pull)) { MaxConnections = 2_000 })
                : null;
        using var client = new EventBusClient(PeerAddress.Endpoint(pub, pull), new EventBusClientOptions { QueueSize = 2 * EventsKept });
        var open = new List<IDisposable>();
        var each = kind switch
        {
            Listeners => await GrowthAsync(100, async () => open.Add(await client.SubscribeAsync())),
            Sessions => await GrowthAsync(10, async () => open.Add(await KeepAsync(client, $"{open.Count}/"))),
            _ => await GrowthAsync(1_000, async () => open.Add(await ConnectAsync(pub, bus!))),
        };
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ready {each:0}"));
        Console.ReadLine();
        open.ForEach(o => o.Dispose());
        return 0;
    }

    // The first ones pay for what all share: compiled code, pools.
    private static async Task<double> GrowthAsync(int count, Func<Task> open)
    {
        await open();
        await open();
        var before = Resident();
        for (var i = 0; i < count; i++)
        {
            await open();
        }

        return (double)(Resident() - before) / count;
    }

    // Each has events of its own.
    private static async Task<EventSubscription> KeepAsync(EventBusClient client, string prefix)
    {
        var subscription = await client.SubscribeAsync(new TagFilter([prefix]));
        for (var i = 0; i < EventsKept; i++)
        {
            await client.FireAsync(prefix + JobReturn.Tag(i), JobReturn.Payload(i));
        }

        while (subscription.Queued < EventsKept)
        {
            await Task.Delay(10);
        }

        return subscription;
    }

    private static async Task<IDisposable> ConnectAsync(string pub, EventBusServer bus)
    {
        var before = bus.Counters.Subscribers;
        var address = PeerAddress.Parse(pub);
        var socket = PeerAddress.CreateSocket(address);
        await socket.ConnectAsync(PeerAddress.EndPoint(address));
        while (bus.Counters.Subscribers == before)
        {
            await Task.Delay(1); // the queue of connections to accept is short
        }

        return socket;
    }

    private static long Resident()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Environment.WorkingSet;
    }
}
