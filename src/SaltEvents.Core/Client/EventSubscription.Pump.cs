using System;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Connections;
using SaltEvents.Core.Events;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Client;

/// <content>The background reader: drains the socket, and connects again when the bus has gone.</content>
public sealed partial class EventSubscription
{
    // How long a connection to a bus that seems to be the old one must hold before the bus is said to be back: one that ends still
    // has its listener, takes no connection in and drops those that wait. A new bus may still give up while it starts.
    private static readonly TimeSpan HoldsOld = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HoldsNew = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(20);
    private readonly Backoff backoff;
    private string? bus; // that the connection is to; null where it cannot be told

    private async Task PumpAsync(CancellationToken token)
    {
        try
        {
            while (true)
            {
                var before = Received;
                var (reason, cause) = await DrainAsync(connection!, token).ConfigureAwait(false);
                connection!.Dispose();
                if (Received > before)
                {
                    backoff.Reset();
                }

                // What has never sent an event is most likely no bus at all.
                var canReconnect = reason == SubscriptionEndReason.BusClosed || (reason == SubscriptionEndReason.Malformed && Received > 0);
                if (!options.Reconnect || !canReconnect || !await ReconnectAsync(cause, token).ConfigureAwait(false))
                {
                    End(reason, cause);
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            End(SubscriptionEndReason.Disposed, null);
        }
        finally
        {
            connection?.Dispose();
            connection = null;
            queue.Writer.TryComplete();
        }
    }

    private async Task<(SubscriptionEndReason Reason, Exception? Cause)> DrainAsync(FrameConnection connection, CancellationToken token)
    {
        while (await connection.FillAsync(token).ConfigureAwait(false))
        {
            while (!TryEnqueueAll(connection))
            {
                if (options.Overflow == SaltOverflow.Disconnect)
                {
                    return (SubscriptionEndReason.Overflow, null);
                }

                await queue.Writer.WaitToWriteAsync(token).ConfigureAwait(false);
            }
        }

        return (connection.End!.Reason == ConnectionEndReason.Malformed ? SubscriptionEndReason.Malformed : SubscriptionEndReason.BusClosed, connection.End.Cause);
    }

    private async Task<bool> ReconnectAsync(Exception? cause, CancellationToken token)
    {
        var away = Stopwatch.StartNew();
        var refused = false;
        await ReportAsync(StreamState.Disconnected, TimeSpan.Zero, $"The event bus at {Address} went away{(cause is null ? "." : $": {cause.Message}")}", token).ConfigureAwait(false);
        while (options.ReconnectTimeout is not { } limit || away.Elapsed < limit)
        {
            var pause = backoff.Next();
            var left = options.ReconnectTimeout - away.Elapsed;
            await Task.Delay(left < pause ? left.Value : pause, token).ConfigureAwait(false);
            var isConfirmed = false;
            try
            {
                (connection, isConfirmed) = await endpoint.Protocol.SubscribeAsync(endpoint, filter.Prefixes, options.ConnectTimeout, options.MaxFrameBytes, token).ConfigureAwait(false);
            }
            catch (BusAccessException e) when (!refused)
            {
                // It is back, but not for this account: told once, since nothing here can change it.
                refused = true;
                await ReportAsync(StreamState.Disconnected, TimeSpan.Zero, e.Message, token).ConfigureAwait(false);
                continue;
            }
            catch (SaltEventException)
            {
                continue; // not back yet
            }

            var gap = away.Elapsed;
            if (!await IsBackAsync(isConfirmed, token).ConfigureAwait(false))
            {
                connection.Dispose();
                continue;
            }

            bus = BusIdentity.Of(Address);
            var text = string.Format(CultureInfo.InvariantCulture, "The event bus at {0} is back after {1:0.###} s; events fired meanwhile were missed.", Address, gap.TotalSeconds);
            await ReportAsync(StreamState.Reconnected, gap, text, token).ConfigureAwait(false);
            return true;
        }

        return false;
    }

    // Whether the bus is there to stay: it sends something, or holds the connection.
    private async Task<bool> IsBackAsync(bool isConfirmed, CancellationToken token)
    {
        if (isConfirmed && endpoint.Protocol.ConfirmsSubscriptions)
        {
            return true; // an event has come through it
        }

        var found = BusIdentity.Of(Address);
        var isNew = bus is not null && found is not null && bus != found;
        for (var since = Stopwatch.StartNew(); since.Elapsed < (isNew ? HoldsNew : HoldsOld);)
        {
            await Task.Delay(LookPause, token).ConfigureAwait(false);
            switch (connection!.Look())
            {
                case PeerState.Speaking:
                    return true;
                case PeerState.Closed or PeerState.Reset:
                    return false;
            }

            if (BusIdentity.Of(Address) != found)
            {
                return false; // the next one listens there by now
            }
        }

        return true;
    }

    private async Task ReportAsync(StreamState state, TimeSpan gap, string message, CancellationToken token)
    {
        if (options.ReportsStatus)
        {
            await queue.Writer.WriteAsync(new StreamStatus(state, DateTime.UtcNow, gap, message), token).ConfigureAwait(false);
        }
    }

    // False where the queue has no room and the policy drops nothing; the event that found none is held.
    private bool TryEnqueueAll(FrameConnection connection)
    {
        if (held is not null && !queue.Writer.TryWrite(held))
        {
            return false;
        }

        held = null;
        while (connection.TryRead(out var body))
        {
            if (connection.Format is { } format && format != Format)
            {
                Format = format;
                FramingDetector.Saw(Address, format);
            }

            var hasRoom = TryEnqueue(body);
            received++; // last: who sees it counted sees what has become of it
            if (!hasRoom)
            {
                return false;
            }
        }

        return true;
    }

    private bool TryEnqueue(ReadOnlySpan<byte> body)
    {
        if (!endpoint.Protocol.TryFindTag(body, out var tagLength, out var payloadOffset))
        {
            LastMalformed = new EventFormatException("there is no tag with a blank line after it", body).Message;
            malformed++;
            return true;
        }

        if (!filter.IsMatch(body.Slice(0, tagLength)) || (FramingDetector.IsProbe(body) && !options.ShowsProbes))
        {
            return true;
        }

        var saltEvent = SaltEvent.From(body, tagLength, payloadOffset);
        if (!filter.MeetsCondition(saltEvent))
        {
            return true;
        }

        matched++;
        if (!queue.Writer.TryWrite(saltEvent))
        {
            held = saltEvent;
            return false;
        }

        return true;
    }
}
