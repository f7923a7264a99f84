using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Client;

/// <summary>
/// Finds out the format in which a bus takes frames, which it does not announce: fires a harmless event and checks whether it comes
/// back. The answer is kept for the process, but only for that bus: after an update the next one at the same address may take
/// another format. Listeners of this library do not show these events.
/// </summary>
internal static class FramingDetector
{
    private const string TagPrefix = "saltevents/probe/";

    // A bus answers within a millisecond or two. A slower answer still counts: the second wait accepts both answers.
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan SecondWait = TimeSpan.FromSeconds(2);
    private static readonly ConcurrentDictionary<BusEndpoint, Answer> Known = new();
    private static int forgotten;

    /// <summary>How often an answer was forgotten. A kept answer is only valid while this does not change.</summary>
    public static int Forgotten => Volatile.Read(ref forgotten);

    /// <summary>Whether an event is one of these.</summary>
    public static bool IsProbe(ReadOnlySpan<byte> tagUtf8) => tagUtf8.StartsWith("saltevents/probe/"u8);

    /// <summary>
    /// What is already known about the bus that listens there now; null if nothing is known, or if it may be another bus.
    /// </summary>
    public static FrameFormat? Find(BusEndpoint endpoint) =>
        Known.TryGetValue(endpoint, out var answer) && answer.Bus is not null && answer.Bus == endpoint.Identity ? answer.Takes : null;

    /// <summary>The bus has gone, or behaves differently than before.</summary>
    public static void Forget(BusEndpoint endpoint)
    {
        if (Known.TryRemove(endpoint, out _))
        {
            Interlocked.Increment(ref forgotten);
        }
    }

    /// <summary>A listener has seen how a bus publishes: if that has changed, it is another bus.</summary>
    public static void Learn(BusAddress pub, FrameFormat publishes)
    {
        foreach (var known in Known)
        {
            if (known.Key.Pub == pub && known.Value.Publishes != publishes)
            {
                Forget(known.Key);
            }
        }
    }

    /// <summary>Finds out the format; null if the bus returns the event in neither format, or does not accept a listener.</summary>
    /// <exception cref="FrameFormatException">The server there speaks something else, such as ZeroMQ: nothing fired on it would
    /// arrive.</exception>
    public static async Task<FrameFormat?> RunAsync(BusEndpoint endpoint, EventBusClientOptions options, CancellationToken token)
    {
        if (!endpoint.Pub.IsKnown)
        {
            return null;
        }

        try
        {
            var bus = endpoint.Identity;
            var answer = await ProbeAsync(endpoint, options, token).ConfigureAwait(false);
            if (answer is not null)
            {
                Known[endpoint] = answer with { Bus = bus == endpoint.Identity ? bus : null };
            }

            return answer?.Takes;
        }
        catch (SaltEventException e) when (e is not FrameFormatException)
        {
            return null;
        }
    }

    private static async Task<Answer?> ProbeAsync(BusEndpoint endpoint, EventBusClientOptions options, CancellationToken token)
    {
        var id = TagPrefix + Guid.NewGuid().ToString("N");
        var filter = new TagFilter([id], SaltTagMatch.StartsWith);
        // Only events, whatever else the client reports.
        var listening = options with { ShowsProbes = true, Overflow = SaltOverflow.DropNewest, Reconnect = false, ReportsStatus = false };
        var subscription = await EventSubscription.OpenAsync(endpoint, filter, listening, token).ConfigureAwait(false);
        await using (subscription.ConfigureAwait(false))
        {
            // Bare first: a bus that expects a length reads it as the start of a huge frame, and the connection waits.
            // In the other order, a bus that expects no length would read the length as four numbers and then the event.
            // Unless a bus there accepted lengths before: most likely it still does.
            Attempt[] attempts = [new(FrameFormat.Map, id + "/map"), new(FrameFormat.LengthPrefixed, id + "/length-prefixed")];
            if (Known.TryGetValue(endpoint, out var last) && last.Takes == FrameFormat.LengthPrefixed)
            {
                Array.Reverse(attempts);
            }

            using var first = await FireAsync(endpoint, options, attempts[0], token).ConfigureAwait(false);
            var echo = await EchoAsync(subscription, FirstWait, token).ConfigureAwait(false);
            if (echo is null)
            {
                first.Dispose();
                using var second = await FireAsync(endpoint, options, attempts[1], token).ConfigureAwait(false);
                echo = await EchoAsync(subscription, SecondWait, token).ConfigureAwait(false);
            }

            return echo is null ? null : new Answer(attempts.First(a => a.Tag == echo.Tag).Format, subscription.Format!.Value, null);
        }
    }

    private static async Task<PullChannel> FireAsync(
        BusEndpoint endpoint,
        EventBusClientOptions options,
        Attempt attempt,
        CancellationToken token
    )
    {
        var body = EventCodec.Encode(attempt.Tag, new PayloadMap(), DateTime.UtcNow);
        var frame = new FrameBatch(FrameWriter.MaxFrameLength(body.Length));
        frame.AddFrame(body, attempt.Format);
        var pull = new PullChannel(endpoint, options.ConnectTimeout, options.SendTimeout);
        try
        {
            // A bus that does not accept this format may close at once: then nothing comes back.
            _ = await pull.TrySendAsync(await pull.ConnectAsync(token).ConfigureAwait(false), frame.All, token).ConfigureAwait(false);
        }
        catch (BusException e) when (e.Reason is BusReason.DeliveryUnknown or BusReason.ConnectionLost)
        {
            // As above.
        }
        catch
        {
            pull.Dispose();
            throw;
        }

        return pull;
    }

    private static async Task<SaltEvent?> EchoAsync(EventSubscription subscription, TimeSpan wait, CancellationToken token)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(wait);
        try
        {
            if (!await subscription.WaitToReadAsync(limit.Token).ConfigureAwait(false))
            {
                subscription.ThrowIfBroken();
            }

            return subscription.TryRead(out var echo) ? echo : null;
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            return null;
        }
    }

    private sealed record Attempt(FrameFormat Format, string Tag);

    // The formats that a bus accepts and publishes, and its identity; null if unknown.
    private sealed record Answer(FrameFormat Takes, FrameFormat Publishes, string? Bus);
}
