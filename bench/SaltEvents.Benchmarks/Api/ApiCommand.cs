using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Benchmarks.Peers;
using SaltEvents.Benchmarks.Reporting;
using SaltEvents.Benchmarks.Scenarios;
using SaltEvents.Benchmarks.Throughput;
using SaltEvents.Core.Api;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Protocols;

namespace SaltEvents.Benchmarks.Api;

/// <summary>
/// The same events over salt-api's event stream and from a bus on this computer, in turns, and what a stream at rest costs.
/// </summary>
internal static class ApiCommand
{
    private const double Target = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync(ThroughputOptions options)
    {
        var directory = Directory.CreateTempSubdirectory("saltevents-bench-").FullName;
        try
        {
            await using var publisher = await PeerProcess.StartAsync(PublisherPeer.Verb, PublisherPeer.Listen, new BenchmarkPlace(directory, options.Tcp).NewBus().Pub!.ToString()!);
            await using var peer = await PeerProcess.StartAsync(ApiPeer.Verb);
            using var client = new SaltApiClient(new SaltApiOptions { Uri = new Uri(peer.Addresses[0]), UserName = "joe", Password = new NetworkCredential(string.Empty, "secret").SecurePassword });
            using var stream = await client.SubscribeAsync(TagFilter.All, OptionsFor(options.Events));
            var (bus, api) = (new List<RunResult>(), new List<RunResult>());
            for (var run = 0; run <= options.Runs; run++)
            {
                bus.Add(await MeasureBusAsync(publisher, options.Events));
                api.Add(await MeasureAsync(peer, stream, ApiPeer.Period, options.Events));
            }

            return Report(options, [.. bus.Skip(1)], [.. api.Skip(1)], await MeasureRestAsync()); // the first is the warm-up
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static EventBusClientOptions OptionsFor(int events) => new() { QueueSize = events };

    private static async Task<RunResult> MeasureBusAsync(PeerProcess publisher, int events)
    {
        var pub = PeerAddress.Parse(publisher.Addresses[0]);
        using var client = new EventBusClient(new BusEndpoint(pub, pub), OptionsFor(events));
        await using var subscription = await client.SubscribeAsync();
        return await MeasureAsync(publisher, subscription, PublisherPeer.Period, events);
    }

    private static async Task<RunResult> MeasureAsync(PeerProcess sender, IEventSubscription subscription, int period, int events)
    {
        using var patience = new CancellationTokenSource(Patience);
        var used = Process.GetCurrentProcess().TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        sender.Send(events);
        var received = await SubscriberRun.ReceiveAsync(subscription, events, period, readField: true, patience.Token);
        clock.Stop();
        used = Process.GetCurrentProcess().TotalProcessorTime - used;
        return new RunResult(await sender.ReadNumberAsync("sent"), received, subscription.Dropped + subscription.Malformed, clock.Elapsed.TotalMilliseconds, used.TotalMilliseconds);
    }

    private static async Task<double> MeasureRestAsync()
    {
        var used = Process.GetCurrentProcess().TotalProcessorTime;
        await Task.Delay(Rest);
        return (Process.GetCurrentProcess().TotalProcessorTime - used).TotalMilliseconds;
    }

    private static int Report(ThroughputOptions options, RunResult[] bus, RunResult[] api, double rest)
    {
        var isSound = bus.Concat(api).All(r => r.IsSound);
        var (busTime, apiTime, busUsed, apiUsed) = (Median(bus, 0), Median(api, 0), Median(bus, 1), Median(api, 1));
        var ratio = apiUsed / busUsed;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            {options.Events:N0} job returns, tag and fun read, {options.Runs} runs after a warm-up, in turns; medians. The senders are processes of their own and send what was made beforehand.
            {Environment.ProcessorCount} cores.

                                     time        processor time
            a bus on this computer   {busTime,7:0.0} ms  {busUsed,7:0.0} ms
            salt-api's event stream  {apiTime,7:0.0} ms  {apiUsed,7:0.0} ms
            ratio                    {apiTime / busTime,7:0.00}     {ratio,7:0.00}     (target <= {Target:0.0}: {(ratio <= Target ? "met" : "MISSED")})
            a stream at rest for {Rest.TotalSeconds:0} s took {rest:0} ms of processor time, the whole process
            {(isSound ? "Every event arrived, in order." : "FAILED: not every event arrived, in order.")}

            """));
        Measurement.Write(Console.Out, bus.Zip(api).SelectMany((run, i) => new Measurement[]
        {
            new("api", "bus", "ms of processor time", true, i + 1, run.First.Values[1]),
            new("api", "salt-api", "ms of processor time", true, i + 1, run.Second.Values[1]),
        }));
        return isSound ? 0 : 1;
    }

    private static double Median(RunResult[] results, int value) => Measurement.Median(results.Select(r => r.Values[value]));
}
