using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Connections;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;
using SaltEvents.Core.ZeroMq;

namespace SaltEvents.Core.Client;

/// <summary>Finds out what can be done with a bus, by doing it. What is wrong with the bus is in the result, not thrown.</summary>
public static class BusTest
{
    /// <summary>What the tags of the events fired start with; the rest is random.</summary>
    public const string TagPrefix = "saltevents/test/";

    /// <summary>Connects to both sockets and waits for what the bus sends; with <paramref name="fire"/> for a harmless event of its own.</summary>
    /// <param name="endpoint">The bus. A socket that is not known is not looked at.</param>
    /// <param name="fire">Whether to fire.</param>
    /// <param name="timeout">How long to wait for the first frame, or for the event fired.</param>
    /// <param name="options">How long connecting may take.</param>
    /// <param name="token">Ends the test.</param>
    public static async Task<BusTestResult> RunAsync(BusEndpoint endpoint, bool fire, TimeSpan timeout, EventBusClientOptions options, CancellationToken token = default)
    {
        // Only to fire it has to be certain that the event will be seen; a bus that is not fired on is not asked to confirm.
        var (pub, connection) = await OpenAsync(fire ? endpoint : endpoint with { Pull = BusAddress.Unknown }, options, token).ConfigureAwait(false);
        using var monitor = connection is null ? null : new PubMonitor(connection, endpoint.Protocol);
        var pull = await BusLook.AtAsync(endpoint.Pull, options.ConnectTimeout, token).ConfigureAwait(false);
        var result = new BusTestResult { Pub = pub, Pull = pull };
        if (monitor is null)
        {
            return result;
        }

        if (fire && pull.Presence == BusPresence.Listening)
        {
            result = await FireAsync(result, endpoint, monitor, timeout, options, token).ConfigureAwait(false);
        }
        else
        {
            await WaitAsync(monitor.First, timeout, token).ConfigureAwait(false);
        }

        return result with { Dialect = monitor.First.IsCompleted ? await monitor.First.ConfigureAwait(false) : SaltEventDialect.NoneSeen, Foreign = monitor.Foreign };
    }

    private static async Task<(BusLook Look, FrameConnection? Connection)> OpenAsync(BusEndpoint endpoint, EventBusClientOptions options, CancellationToken token)
    {
        if (!endpoint.Pub.IsKnown)
        {
            return (new BusLook(BusPresence.Unknown), null);
        }

        try
        {
            var subscribed = await endpoint.Protocol.SubscribeAsync(endpoint, TagFilter.All.Prefixes, options.ConnectTimeout, options.MaxFrameBytes, token).ConfigureAwait(false);
            return (new BusLook(BusPresence.Listening), subscribed.Connection);
        }
        catch (Exception e) when (e is SaltEventException or PlatformNotSupportedException)
        {
            return (BusLook.Of(e), null);
        }
    }

    private static async Task<BusTestResult> FireAsync(BusTestResult result, BusEndpoint endpoint, PubMonitor monitor, TimeSpan timeout, EventBusClientOptions options, CancellationToken token)
    {
        try
        {
            var format = !endpoint.Protocol.IsFramed ? null : await FramingDetector.RunAsync(endpoint, options, token).ConfigureAwait(false);
            var random = Guid.NewGuid().ToString("N");
            // With its blank line it has 20 bytes on a ZeroMQ bus, so that each version of Salt can read it.
            var tag = TagPrefix + (endpoint.Protocol.IsFramed ? random : random.Substring(0, TagForms.PaddedLength - 2 - TagPrefix.Length));
            var echo = monitor.Expect(tag);
            using var client = new EventBusClient(endpoint, options with { Format = format ?? FrameFormat.Map });
            await client.ConnectPullAsync(token).ConfigureAwait(false);
            var start = Stopwatch.GetTimestamp();
            await client.FireAsync(tag, new PayloadMap(), token).ConfigureAwait(false);
            await WaitAsync(echo, timeout, token).ConfigureAwait(false);
            return echo.Status == TaskStatus.RanToCompletion
                ? result with { Accepts = format, RoundTrip = Elapsed(await echo.ConfigureAwait(false) - start) }
                : result with { Accepts = format };
        }
        catch (SaltEventException e)
        {
            return result with { FireProblem = e };
        }
    }

    // TimeSpan.FromSeconds of .NET Framework rounds to milliseconds.
    private static TimeSpan Elapsed(long timestamps) => TimeSpan.FromTicks((long)(timestamps * (TimeSpan.TicksPerSecond / (double)Stopwatch.Frequency)));

    private static async Task<bool> WaitAsync(Task task, TimeSpan time, CancellationToken token)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        var done = await Task.WhenAny(task, Task.Delay(time, limit.Token)).ConfigureAwait(false);
        limit.Cancel();
        token.ThrowIfCancellationRequested();
        return done == task;
    }
}
