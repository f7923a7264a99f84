using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using SaltEvents.Benchmarks.Events;
using SaltEvents.Benchmarks.Reporting;
using SaltEvents.Benchmarks.Scenarios;
using SaltEvents.Benchmarks.Throughput;
using SaltEvents.Core.Client;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;
using SaltEvents.Core.Nats;
using SaltEvents.Core.Server;

namespace SaltEvents.Benchmarks.Relay;

/// <summary>Events through a relay and a nats-server, in turns with the same bytes published and read with the NATS client alone.</summary>
internal static class RelayCommand
{
    private const string Mode = "relay";
    private const int Window = 512;
    private static readonly EventBusClientOptions Listening = new() { Overflow = SaltOverflow.Block };

    public static async Task<int> RunAsync(ThroughputOptions options)
    {
        using var server = await BenchmarkNats.StartAsync();
        if (server is null)
        {
            Console.Error.WriteLine("nats-server is not installed (Debian: nats-server).");
            return 1;
        }

        var measured = new List<Measurement>();
        for (var run = 0; run <= options.Runs; run++)
        {
            var figures = new List<Measurement>();
            void Add(string figure, string unit, bool less, double value) =>
                figures.Add(new Measurement(Mode, figure, unit, less, run, value));
            var (published, read) = await MeasureClientAsync(server.Uri, Bodies(run, options.Events));
            Add("published, client alone", "events/s", false, published);
            Add("read, client alone", "events/s", false, read);
            await MeasureRelayAsync(server.Uri, run, options.Events, Add);
            measured.AddRange(run == 0 ? [] : figures); // the first is the warm-up
        }

        Report(options, measured);
        return 0;
    }

    private static async Task<(double Published, double Read)> MeasureClientAsync(Uri uri, byte[][] bodies)
    {
        await using var connection = new NatsConnection(new NatsOpts { Url = uri.ToString() });
        var stream = new NatsJSContext(connection);
        await stream.CreateStreamAsync(new StreamConfig("ALONE", ["alone.>"]) { NumReplicas = 1 });
        var clock = Stopwatch.StartNew();
        var waiting = new Queue<NatsJSPublishConcurrentFuture>(Window);
        foreach (var (body, i) in bodies.Select((b, i) => (b, i)))
        {
            waiting.Enqueue(
                await stream.PublishConcurrentAsync(
                    "alone.salt.job.ret.web01",
                    body,
                    NatsRawSerializer<byte[]>.Default,
                    new NatsJSPubOpts { MsgId = i.ToString(CultureInfo.InvariantCulture) }
                )
            );
            if (waiting.Count == Window)
            {
                await AcknowledgedAsync(waiting.Dequeue());
            }
        }

        while (waiting.TryDequeue(out var future))
        {
            await AcknowledgedAsync(future);
        }

        var published = bodies.Length / clock.Elapsed.TotalSeconds;
        clock.Restart();
        var consumer = await stream.CreateOrderedConsumerAsync("ALONE");
        var count = 0;
        await foreach (var _ in consumer.ConsumeAsync(NatsRawSerializer<byte[]>.Default))
        {
            if (++count == bodies.Length)
            {
                break;
            }
        }

        var read = bodies.Length / clock.Elapsed.TotalSeconds;
        await stream.DeleteStreamAsync("ALONE");
        return (published, read);
    }

    private static async Task AcknowledgedAsync(NatsJSPublishConcurrentFuture future)
    {
        await using (future)
        {
            (await future.GetResponseAsync()).EnsureSuccess();
        }
    }

    private static byte[][] Bodies(int run, int events) =>
        Enumerable
            .Range(0, events)
            .Select(i => EventCodec.Encode(JobReturn.Tag((run * events) + i), JobReturn.Payload(i), DateTime.UtcNow))
            .ToArray();

    private static async Task MeasureRelayAsync(Uri uri, int run, int events, Action<string, string, bool, double> add)
    {
        var directory = Directory.CreateTempSubdirectory("saltevents-bench-").FullName;
        await using var bus = await EventBusServer.StartAsync(
            new EventBusServerOptions(new BenchmarkPlace(directory, tcp: false).NewBus()) { Overflow = SaltOverflow.Block }
        );
        using var client = new EventBusClient(bus.Endpoint);
        await using (
            var relay = await Connect(uri).StartRelayAsync(bus.Endpoint, new EventRelayOptions { Site = "hq", QueueSize = events })
        )
        {
            var bodies = Bodies(run, events); // fired after the relay was started, as their time says
            var clock = Stopwatch.StartNew();
            foreach (var body in bodies)
            {
                await client.FireBodyAsync(body);
            }

            while (relay.Counters.Acknowledged < bodies.Length)
            {
                await Task.Delay(1);
            }

            add("relayed", "events/s", false, bodies.Length / clock.Elapsed.TotalSeconds);
            clock.Restart();
            using var stored = await Connect(uri)
                .SubscribeAsync(TagFilter.All, Listening, new NatsReadOptions { Since = DateTime.UtcNow.AddDays(-1) });
            await ReadAsync(stored, bodies.Length, _ => { });
            add("read", "events/s", false, bodies.Length / clock.Elapsed.TotalSeconds);

            var added = await MeasureLatencyAsync(uri, bus, client, Math.Min(2000, bodies.Length));
            add("added, p50", "ms", true, added[added.Length / 2]);
            add("added, p99", "ms", true, added[added.Length * 99 / 100]);
        }

        await using var connection = new NatsConnection(new NatsOpts { Url = uri.ToString() });
        await new NatsJSContext(connection).DeleteStreamAsync("SALT");
        Directory.Delete(directory, recursive: true);
    }

    // How much later each event comes through the stream than on the bus.
    private static async Task<double[]> MeasureLatencyAsync(Uri uri, EventBusServer bus, EventBusClient client, int events)
    {
        using var near = await client.SubscribeAsync();
        using var far = await Connect(uri).SubscribeAsync(TagFilter.All, Listening, new NatsReadOptions());
        var (nearTimes, farTimes) = (new long[events], new long[events]);
        var (i, j) = (0, 0);
        var reading = Task.WhenAll(
            Task.Run(() => ReadAsync(near, events, _ => nearTimes[i++] = Stopwatch.GetTimestamp())),
            Task.Run(() => ReadAsync(far, events, _ => farTimes[j++] = Stopwatch.GetTimestamp())));
        for (var n = 0; n < events; n++)
        {
            await client.FireBodyAsync(EventCodec.Encode("latency/" + n, new PayloadMap { { "n", n } }, DateTime.UtcNow));
            await Task.Delay(1);
        }

        await reading;
        return nearTimes.Zip(farTimes, (n, f) => Stopwatch.GetElapsedTime(n, f).TotalMilliseconds).Order().ToArray();
    }

    private static async Task ReadAsync(IEventSubscription source, int count, Action<SaltEvent> seen)
    {
        while (count > 0 && await source.WaitToReadAsync())
        {
            while (source.TryReadStatus(out _))
            {
                // Status of the connection is not counted.
            }

            while (count > 0 && source.TryRead(out var saltEvent))
            {
                seen(saltEvent!);
                count--;
            }
        }
    }

    private static INatsBus Connect(Uri uri) => NatsClients.Create(new NatsBusOptions { Servers = [uri] });

    private static void Report(ThroughputOptions options, List<Measurement> measured)
    {
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{options.Events:N0} job returns of {JobReturn.FrameBytes} bytes, {options.Runs} runs after a warm-up, in turns; medians. One nats-server with file storage, {Environment.ProcessorCount} cores for all of it."
            )
        );
        foreach (var figure in measured.GroupBy(m => m.Figure))
        {
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {figure.Key, -26} {Measurement.Median(figure.Select(m => m.Value!.Value)), 14:N2} {figure.First().Unit}"
                )
            );
        }

        Measurement.Write(Console.Out, measured);
    }
}
