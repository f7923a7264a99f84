using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using SaltEvents.Benchmarks.Events;
using SaltEvents.Benchmarks.Peers;
using SaltEvents.Benchmarks.Reporting;
using SaltEvents.Benchmarks.Scenarios;

namespace SaltEvents.Benchmarks.Throughput;

/// <summary>The table: a line a figure, with what was sent and what arrived over all its runs.</summary>
internal sealed class ThroughputReport(ThroughputOptions options, TextWriter output)
{
    private readonly Dictionary<string, double> medians = [];
    private readonly List<Measurement> measurements = [];

    /// <summary>Whether every event of every run arrived in order.</summary>
    public bool IsSound { get; private set; } = true;

    public void WriteHead()
    {
        Write(string.Create(CultureInfo.InvariantCulture, $"""
            Job returns of {JobReturn.FrameBytes} bytes: the frame on the wire (frame map, tag, payload), as Salt sends a test.ping return.
            {(options.Tcp ? "TCP sockets on 127.0.0.1" : "Unix sockets")}; {options.Runs} runs after a warm-up, {options.Events:N0} events each (latency: {LatencyScenario.EventsFor(options.Events):N0}); medians.
            {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}
            Sent, received and dropped are the sums over the runs; received counts in order, by sequence number.

            """));
        Row("figure", "median", "", "lowest", "highest", "target", "", "sent", "received", "dropped");
    }

    public void Add(Scenario scenario, IReadOnlyList<RunResult> results)
    {
        var (sent, received, dropped) = (results.Sum(r => r.Sent), results.Sum(r => r.Received), results.Sum(r => r.Dropped));
        IsSound &= results.All(r => r.IsSound);
        for (var i = 0; i < scenario.Figures.Count; i++)
        {
            var figure = scenario.Figures[i];
            // What was measured while events were lost is worth nothing.
            var values = results.Select(r => r.IsSound ? r.Values[i] : double.NaN).ToArray();
            measurements.AddRange(values.Select((value, run) => new Measurement("throughput", figure.Name, figure.Unit, figure.LessIsBetter, run + 1, double.IsNaN(value) ? null : value)));
            medians[figure.Name] = Measurement.Median(values);
            Row(
                figure.Name, Number(medians[figure.Name]), figure.Unit, Number(values.Min()), Number(values.Max()), Target(figure), Verdict(figure, medians[figure.Name]),
                Number(sent), Number(received), Number(dropped));
        }
    }

    public void WriteEnd()
    {
        if (medians.TryGetValue(RawScenario.FigureName, out var raw) && medians.TryGetValue(ClientScenario.TagFigureName, out var client))
        {
            var share = new Figure("client, tag read, of the raw rate", "%", 50);
            var value = 100 * client / raw;
            Row(share.Name, value.ToString("0.0", CultureInfo.InvariantCulture), share.Unit, "", "", Target(share), Verdict(share, value), "", "", "");
        }

        Write(string.Create(CultureInfo.InvariantCulture, $"""

            What runs where: "here" is the measuring process; every peer is another process.
              raw      peer writes frames made beforehand ({PublisherPeer.Period:N0} different ones) to a plain socket; here: Receive into 64 KiB, nothing else
              client   same peer; here: EventBusClient.SubscribeAsync, each event taken and its tag read as a string; allocation is that of this process
              bus      the bus alone in one peer, the sender (plain socket, frames made beforehand) in another; here: the subscribers (clients, tag read)
              plain    the same bus and sender; here: plain sockets, whose bytes are counted
              latency  the bus alone in a peer; here: one event at a time, EventBusClient.FireAsync until a subscription has it;
                       in turns with a peer that passes the same bytes from one plain socket to another
              watch    same peer as raw; here: Watch-SaltEvent in the PowerShell engine; the order is checked in the warm-up, the count in each run
            All queues have the policy Block, so that the fastest sender waits instead of being dropped.
            {(IsSound ? "Every event arrived, in order." : "FAILED: not every event arrived, in order.")}

            """));
        Measurement.Write(output, measurements);
    }

    private static string Number(double value) => value.ToString(value < 1000 ? "0.#" : "N0", CultureInfo.InvariantCulture);

    private static string Target(Figure figure) => figure.Target is { } target ? (figure.LessIsBetter ? "<= " : ">= ") + Number(target) : "";

    private static string Verdict(Figure figure, double value) => figure.Target is null ? "" : figure.IsMet(value) ? "met" : "MISSED";

    private void Row(params string[] cells) => Write(string.Format(
        CultureInfo.InvariantCulture, "{0,-36} {1,12} {2,-12} {3,12} {4,12} {5,12} {6,-6} {7,12} {8,12} {9,8}", cells).TrimEnd());

    private void Write(string line) => output.WriteLine(line);
}
