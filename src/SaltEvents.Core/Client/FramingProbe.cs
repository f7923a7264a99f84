using System;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Client;

/// <summary>
/// Finds out in which format a bus takes frames, which it does not tell: fires a harmless event and sees whether it comes
/// back. The answer is kept for the process. Listeners of this library do not show these events.
/// </summary>
internal static class FramingProbe
{
    private const string TagPrefix = "saltevents/probe/";

    // A bus answers within a millisecond or two. One that takes longer is still heard: the second wait takes both answers.
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan SecondWait = TimeSpan.FromSeconds(2);
    private static readonly ConcurrentDictionary<BusEndpoint, FrameFormat> Known = new();

    /// <summary>Whether an event is one of these.</summary>
    public static bool IsProbe(ReadOnlySpan<byte> tagUtf8) => tagUtf8.StartsWith("saltevents/probe/"u8);

    /// <summary>What is known already; null where nothing is.</summary>
    public static FrameFormat? Find(BusEndpoint endpoint) => Known.TryGetValue(endpoint, out var format) ? format : null;

    /// <summary>The bus has gone: the next one at the address may be of another version.</summary>
    public static void Forget(BusEndpoint endpoint) => Known.TryRemove(endpoint, out _);

    /// <summary>Finds the format out; null where the bus gives nothing back in either, or cannot be listened to.</summary>
    /// <exception cref="FrameFormatException">What listens there speaks another language, ZeroMQ say: nothing fired on it would arrive.</exception>
    public static async Task<FrameFormat?> RunAsync(BusEndpoint endpoint, EventBusClientOptions options, CancellationToken token)
    {
        if (endpoint.Pub.Socket is TcpBusAddress { Port: 0 })
        {
            return null;
        }

        try
        {
            var format = await ProbeAsync(endpoint, options, token).ConfigureAwait(false);
            if (format is { } found)
            {
                Known[endpoint] = found;
            }

            return format;
        }
        catch (SaltEventException e) when (e is not FrameFormatException)
        {
            return null;
        }
    }

    private static async Task<FrameFormat?> ProbeAsync(BusEndpoint endpoint, EventBusClientOptions options, CancellationToken token)
    {
        var id = TagPrefix + Guid.NewGuid().ToString("N");
        var filter = new TagFilter([id], TagMatch.StartsWith);
        var listening = options with { ShowsProbes = true, Overflow = OverflowPolicy.DropNewest, Reconnect = false };
        var subscription = await EventSubscription.OpenAsync(endpoint, filter, listening, token).ConfigureAwait(false);
        await using (subscription.ConfigureAwait(false))
        {
            // Bare first: to a bus that wants a length it looks like the start of a huge frame, and the connection waits.
            // The other way round, a bus that wants none would read the length as four numbers and then the event.
            var bare = new Attempt(FrameFormat.Map, id + "/map");
            using var first = await FireAsync(endpoint, options, bare, token).ConfigureAwait(false);
            if (await EchoAsync(subscription, FirstWait, token).ConfigureAwait(false) is { } quick)
            {
                return FormatOf(quick, bare);
            }

            first.Dispose();
            var prefixed = new Attempt(FrameFormat.LengthPrefixed, id + "/length-prefixed");
            using var second = await FireAsync(endpoint, options, prefixed, token).ConfigureAwait(false);
            return await EchoAsync(subscription, SecondWait, token).ConfigureAwait(false) is { } late ? FormatOf(late, bare) : null;
        }
    }

    private static FrameFormat FormatOf(SaltEvent echo, Attempt bare) => echo.Tag == bare.Tag ? FrameFormat.Map : FrameFormat.LengthPrefixed;

    private static async Task<PullChannel> FireAsync(BusEndpoint endpoint, EventBusClientOptions options, Attempt attempt, CancellationToken token)
    {
        var body = EventCodec.Encode(attempt.Tag, new PayloadMap(), DateTime.UtcNow);
        var frame = new ByteBuffer(FrameWriter.MaxFrameLength(body.Length));
        FrameWriter.Write(frame, body, attempt.Format);
        var pull = new PullChannel(endpoint.Pull, options.ConnectTimeout, options.SendTimeout);
        try
        {
            await pull.SendAsync(frame.Written, token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DeliveryUnknownException or BusConnectionException)
        {
            // A bus that does not take this format may close at once: then nothing comes back.
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
}
