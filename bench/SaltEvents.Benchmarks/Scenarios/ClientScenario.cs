using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Benchmarks.Peers;
using SaltEvents.Benchmarks.Throughput;
using SaltEvents.Core.Client;
using SaltEvents.Core.Protocols;

namespace SaltEvents.Benchmarks.Scenarios;

/// <summary>A client that reads the tag of each event, or one field of its payload too.</summary>
internal sealed class ClientScenario(BenchmarkPlace place, bool readField) : PublishedScenario(place)
{
    public const string TagFigureName = "client, tag read";

    public override string Name => readField ? "client field" : "client tag";

    public override IReadOnlyList<Figure> Figures { get; } =
        readField
            ?
            [
                new("client, tag and fun read", Figure.EventsPerSecond),
                new("client, tag and fun, allocated", "bytes/event", LessIsBetter: true),
            ]
            :
            [
                new(TagFigureName, Figure.EventsPerSecond, 1_500_000),
                new("client, tag read, allocated", "bytes/event", 200, LessIsBetter: true),
            ];

    public override async Task<RunResult> RunAsync(int events)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var client = new EventBusClient(new BusEndpoint(Pub, Pub), SubscriberRun.Options);
        await using var subscription = await client.SubscribeAsync();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var clock = Stopwatch.StartNew();
        Publisher.Send(events);
        var received = await SubscriberRun.ReceiveAsync(subscription, events, PublisherPeer.Period, readField, patience.Token);
        clock.Stop();
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        var sent = await Publisher.ReadNumberAsync("sent");
        return new RunResult(
            sent,
            received,
            subscription.Dropped + subscription.Malformed,
            RunResult.Rate(received, clock),
            (double)allocated / events
        );
    }
}
