using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;
using SaltEvents.Core.ZeroMq;

namespace SaltEvents.Core.Client;

/// <summary>Tests what can be done with a bus by doing it. A problem of the bus is in the result; it is not thrown.</summary>
public static class BusTest
{
    /// <summary>The start of the tags of test events; the rest is random.</summary>
    public const string TagPrefix = "saltevents/test/";

    /// <summary>
    /// Connects to both sockets and waits for an event; with <paramref name="fire"/> it fires a harmless one and waits for that.
    /// </summary>
    /// <param name="endpoint">The bus. An unknown socket is not tested.</param>
    /// <param name="fire">Whether to fire.</param>
    /// <param name="timeout">How long to wait for the first frame, or for the event fired.</param>
    /// <param name="options">How long connecting may take.</param>
    /// <param name="token">Ends the test.</param>
    public static async Task<BusTestResult> RunAsync(
        BusEndpoint endpoint,
        bool fire,
        TimeSpan timeout,
        EventBusClientOptions options,
        CancellationToken token = default
    )
    {
        // A subscription must be confirmed only if an event is fired, which must not be missed.
        var (pub, subscription) = await OpenAsync(fire ? endpoint : endpoint with { Pull = BusAddress.Unknown }, options, token)
            .ConfigureAwait(false);
        using var opened = subscription;
        var pull = await BusProbeResult.ProbeAsync(endpoint.Pull, options.ConnectTimeout, token).ConfigureAwait(false);
        var result = new BusTestResult { Pub = pub, Pull = pull };
        if (subscription is null)
        {
            return result;
        }

        if (fire && pull.Presence == BusPresence.Listening)
        {
            result = await FireAsync(result, endpoint, subscription, timeout, options, token).ConfigureAwait(false);
        }
        else if (endpoint.Protocol.IsFramed)
        {
            await WaitAsync(subscription, timeout, token).ConfigureAwait(false);
        }

        var notSalt = subscription.EndCause as FrameFormatException;
        return result with { Dialect = DialectOf(endpoint.Protocol, subscription.Format, notSalt), NotASaltBus = notSalt };
    }

    private static SaltEventDialect DialectOf(BusProtocol protocol, FrameFormat? format, FrameFormatException? notSalt) =>
        !protocol.IsFramed || notSalt is { IsZeroMq: true } ? SaltEventDialect.ZeroMQ
        : format is { } seen ? (seen == FrameFormat.Map ? SaltEventDialect.Map : SaltEventDialect.LengthPrefixed)
        : notSalt is null ? SaltEventDialect.NoneSeen
        : SaltEventDialect.NotASaltBus;

    private static async Task<(BusProbeResult Result, EventSubscription? Subscription)> OpenAsync(
        BusEndpoint endpoint,
        EventBusClientOptions options,
        CancellationToken token
    )
    {
        if (!endpoint.Pub.IsKnown)
        {
            return (new BusProbeResult(BusPresence.Unknown), null);
        }

        try
        {
            var listening = options with { Overflow = SaltOverflow.DropOldest, Reconnect = false, ReportsStatus = false };
            return (
                new BusProbeResult(BusPresence.Listening),
                await EventSubscription.OpenAsync(endpoint, TagFilter.All, listening, token).ConfigureAwait(false)
            );
        }
        catch (Exception e) when (e is SaltEventException or PlatformNotSupportedException)
        {
            return (BusProbeResult.From(e), null);
        }
    }

    private static async Task<BusTestResult> FireAsync(
        BusTestResult result,
        BusEndpoint endpoint,
        EventSubscription subscription,
        TimeSpan timeout,
        EventBusClientOptions options,
        CancellationToken token
    )
    {
        try
        {
            var format = !endpoint.Protocol.IsFramed
                ? null
                : await FramingDetector.RunAsync(endpoint, options, token).ConfigureAwait(false);
            var random = Guid.NewGuid().ToString("N");
            // With its blank line it has 20 bytes on a ZeroMQ bus, so that each version of Salt can read it.
            var tag = TagPrefix + (endpoint.Protocol.IsFramed ? random : random.Substring(0, TagEncoding.PaddedLength - 2 - TagPrefix.Length));
            using var client = new EventBusClient(endpoint, options with { Format = format ?? FrameFormat.Map });
            await client.ConnectPullAsync(token).ConfigureAwait(false);
            var watch = Stopwatch.StartNew();
            await client.FireAsync(tag, new PayloadMap(), token).ConfigureAwait(false);
            var isBack = await WaitAsync(subscription.Matching(new TagFilter([tag])), timeout, token).ConfigureAwait(false);
            return result with { Accepts = format, RoundTrip = isBack ? watch.Elapsed : null };
        }
        catch (SaltEventException e)
        {
            return result with { FireProblem = e };
        }
    }

    // Whether an event came in time.
    private static async Task<bool> WaitAsync(IEventSource source, TimeSpan time, CancellationToken token)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(time);
        try
        {
            return await source.WaitToReadAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            return false;
        }
    }
}
