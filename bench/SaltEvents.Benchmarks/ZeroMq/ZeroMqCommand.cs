using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Benchmarks.Events;
using SaltEvents.Benchmarks.Peers;
using SaltEvents.Benchmarks.Reporting;
using SaltEvents.Benchmarks.Scenarios;
using SaltEvents.Benchmarks.Throughput;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Protocols;

namespace SaltEvents.Benchmarks.ZeroMq;

/// <summary>Events through a ZeroMQ bus to one subscriber: ours, and libzmq's own, in turns. The sender is the same, on libzmq.</summary>
internal static class ZeroMqCommand
{
    private const double Target = 0.9;

    // Each bus is a new process: so many events go through it before the clock starts, so that what is measured is compiled.
    private const int WarmUpEvents = 10 * PublisherPeer.Period;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly string Script = Path.Combine(AppContext.BaseDirectory, "ZeroMq", "zeromq_peer.py");

    public static async Task<int> RunAsync(ThroughputOptions options)
    {
        var file = Path.GetTempFileName();
        try
        {
            var bodies = Enumerable.Range(0, PublisherPeer.Period).Select(JobReturn.Body).ToArray();
            await File.WriteAllBytesAsync(file, bodies.SelectMany(b => b).ToArray());
            var length = bodies[0].Length.ToString(CultureInfo.InvariantCulture);
            var (ours, theirs) = (new List<RunResult>(), new List<RunResult>());
            for (var run = 0; run <= options.Runs; run++)
            {
                theirs.Add(await MeasureTheirsAsync(file, length, options.Events));
                ours.Add(await MeasureOursAsync(file, length, options.Events));
            }

            return Report(options, length, [.. ours.Skip(1)], [.. theirs.Skip(1)]); // the first is the warm-up
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<RunResult> MeasureTheirsAsync(string file, string length, int events)
    {
        await using var bus = await StartAsync("bus");
        var starting = StartAsync("receive", bus.Addresses[0], file, length);
        using (var client = new EventBusClient(Endpoint(bus.Addresses)))
        {
            do
            {
                await client.FireAsync("saltevents/bench", new PayloadMap());
            }
            while (await Task.WhenAny(starting, Task.Delay(20)) != starting);
        }

        await using var receiver = await starting;
        await using var sender = await StartAsync("send", bus.Addresses[1], file, length);
        return await MeasureAsync(sender, events, ReceiveAsync, () => Task.FromResult(0L));

        Task<long> ReceiveAsync(int count)
        {
            receiver.Write(string.Create(CultureInfo.InvariantCulture, $"receive {count}"));
            return receiver.ReadNumberAsync("received").WaitAsync(Patience);
        }
    }

    private static async Task<RunResult> MeasureOursAsync(string file, string length, int events)
    {
        await using var bus = await PeerProcess.StartAsync(BusPeer.Verb, "tcp://127.0.0.1:0", "tcp://127.0.0.1:0");
        using var client = new EventBusClient(PeerAddress.Endpoint(bus.Addresses[0], bus.Addresses[1]), SubscriberRun.Options);
        await using var subscription = await client.SubscribeAsync(new TagFilter(["salt/"]));
        await using var sender = await StartAsync("send", bus.Addresses[1]["tcp://".Length..], file, length);
        return await MeasureAsync(sender, events, ReceiveAsync, CountDroppedAsync);

        async Task<long> ReceiveAsync(int count)
        {
            using var patience = new CancellationTokenSource(Patience);
            return await Task.Run(() => SubscriberRun.ReceiveAsync(subscription, count, PublisherPeer.Period, readField: false, patience.Token));
        }

        async Task<long> CountDroppedAsync()
        {
            bus.Write("dropped");
            return await bus.ReadNumberAsync("dropped") + subscription.Dropped + subscription.Malformed;
        }
    }

    private static async Task<RunResult> MeasureAsync(PeerProcess sender, int events, Func<int, Task<long>> receive, Func<Task<long>> countDropped)
    {
        await RunAsync(WarmUpEvents);
        await sender.ReadNumberAsync("sent");
        var clock = Stopwatch.StartNew();
        var received = await RunAsync(events);
        clock.Stop();
        var sent = await sender.ReadNumberAsync("sent");
        return new RunResult(sent, received, await countDropped(), RunResult.Rate(received, clock));

        async Task<long> RunAsync(int count)
        {
            var receiving = receive(count);
            sender.Send(count);
            return await receiving;
        }
    }

    private static int Report(ThroughputOptions options, string length, RunResult[] ours, RunResult[] theirs)
    {
        var isSound = ours.Concat(theirs).All(r => r.IsSound);
        var ratios = ours.Zip(theirs, (our, their) => our.Values[0] / their.Values[0]).ToArray();
        var (our, their) = (Measurement.Median(ours.Select(r => r.Values[0])), Measurement.Median(theirs.Select(r => r.Values[0])));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            Job returns, messages of {length} bytes, over TCP on 127.0.0.1, through a ZeroMQ bus to one subscriber; {options.Runs} runs of {options.Events:N0}, each after {WarmUpEvents:N0} that are not counted, in turns; medians.
            {Environment.ProcessorCount} cores. The sender is the same, libzmq from Python; bus and sender are processes of their own.

            SaltEvents: Start-SaltEventBus's bus, and EventBusClient, tag read    {our,10:N0} events/s  ({Range(ours)})
            libzmq: zmq_proxy from PULL to PUB, and SUB in Python, body compared  {their,10:N0} events/s  ({Range(theirs)})
            ratio                                                                 {our / their,10:0.00}           (target >= {Target:0.0}: {(our / their >= Target ? "met" : "MISSED")})
            {(isSound ? "Every event arrived, in order." : "FAILED: not every event arrived, in order.")}

            """));
        Measurement.Write(Console.Out, ours.Zip(theirs, ratios).SelectMany((run, i) => new Measurement[]
        {
            new("zeromq", "SaltEvents", Figure.EventsPerSecond, false, i + 1, run.First.Values[0]),
            new("zeromq", "libzmq", Figure.EventsPerSecond, false, i + 1, run.Second.Values[0]),
            new("zeromq", "ratio", "ratio", false, i + 1, run.Third),
        }));
        return isSound ? 0 : 1;
    }

    private static string Range(RunResult[] results) =>
        string.Create(CultureInfo.InvariantCulture, $"{results.Min(r => r.Values[0]):N0} to {results.Max(r => r.Values[0]):N0}");

    private static BusEndpoint Endpoint(string[] addresses) =>
        PeerAddress.Endpoint("tcp://" + addresses[0], "tcp://" + addresses[1]);

    private static Task<PeerProcess> StartAsync(params string[] arguments) => PeerProcess.StartAsync(new ProcessStartInfo("/usr/bin/python3", [Script, .. arguments]));
}
