using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Connections;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Client;

/// <content>The background reader: drains the socket, and reconnects when the bus has gone away.</content>
public sealed partial class EventSubscription
{
    // How long a connection to a bus that seems to be the old one must last before the bus is reported as back: a bus that is
    // ending still has its listener, accepts no connection and drops those that wait. A new bus can still fail while it starts.
    private static readonly TimeSpan HoldsOld = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HoldsNew = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(20);
    private readonly Backoff backoff;
    private string? bus; // the identity of the connected bus; null if unknown

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

                // A peer that has never sent an event is most likely not a bus at all.
                var canReconnect = reason == SubscriptionEndReason.BusClosed || (reason == SubscriptionEndReason.Malformed && Received > 0);
                if (!Options.Reconnect || !canReconnect || !await ReconnectAsync(cause, token).ConfigureAwait(false))
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
            Queue.Complete();
        }
    }

    private async Task<(SubscriptionEndReason Reason, Exception? Cause)> DrainAsync(FrameConnection connection, CancellationToken token)
    {
        var arrived = new List<SaltEvent>(MaxBatch);
        while (await connection.FillAsync(token).ConfigureAwait(false))
        {
            var skipped = 0;
            while (connection.TryRead(out var body))
            {
                LearnFormat(connection.Format); // first, so that a reader of the event can fire in this format
                if (Select(body) is { } saltEvent)
                {
                    arrived.Add(saltEvent);
                }
                else
                {
                    skipped++;
                }

                if (arrived.Count + skipped >= BatchSize)
                {
                    await QueueAsync(arrived, skipped, token).ConfigureAwait(false);
                    skipped = 0;
                }
            }

            await QueueAsync(arrived, skipped, token).ConfigureAwait(false);
        }

        return (
            connection.End!.Reason == ConnectionEndReason.Malformed ? SubscriptionEndReason.Malformed : SubscriptionEndReason.BusClosed,
            connection.End.Cause
        );
    }

    // Counts at the end what it queued and what passed no filter: when the count is seen, the event is in the queue or dropped.
    private async ValueTask QueueAsync(List<SaltEvent> arrived, int skipped, CancellationToken token)
    {
        for (var next = 0; next < arrived.Count;)
        {
            var count = Enqueue(arrived, next, out var proceed);
            next += count;
            CountReceived(count);
            await proceed.ConfigureAwait(false);
            token.ThrowIfCancellationRequested();
        }

        CountReceived(skipped);
        arrived.Clear();
        token.ThrowIfCancellationRequested();
        if (Filter.HasOverrun)
        {
            await Task.Yield(); // the thread pool may have no other thread to end this subscription
        }
    }

    private async Task<bool> ReconnectAsync(Exception? cause, CancellationToken token)
    {
        var away = Stopwatch.StartNew();
        var refused = false;
        Report(
            StreamState.Disconnected,
            TimeSpan.Zero,
            $"The event bus at {Address} went away{(cause is null ? "." : $": {cause.Clause()}.")}"
        );
        while (Options.ReconnectTimeout - away.Elapsed is var left && !(left <= TimeSpan.Zero))
        {
            var pause = backoff.Next();
            await Task.Delay(left < pause ? left.Value : pause, token).ConfigureAwait(false);
            var isConfirmed = false;
            try
            {
                (connection, isConfirmed) = await endpoint
                    .Protocol.SubscribeAsync(endpoint, Filter.Prefixes, Options.ConnectTimeout, Options.MaxFrameBytes, token)
                    .ConfigureAwait(false);
            }
            catch (BusException e) when (e.Reason == BusReason.AccessDenied && !refused)
            {
                // It is back, but not for this account: reported once, since nothing here can change it.
                refused = true;
                Report(StreamState.Disconnected, TimeSpan.Zero, e.Message);
                continue;
            }
            catch (SaltEventException)
            {
                continue; // not back yet
            }

            var gap = away.Elapsed;
            if (!await StaysConnectedAsync(isConfirmed, token).ConfigureAwait(false))
            {
                connection.Dispose();
                continue;
            }

            bus = BusIdentity.Find(Address);
            var text = string.Format(
                CultureInfo.InvariantCulture,
                "The event bus at {0} is back after {1:0.###} s; events fired meanwhile were missed.",
                Address,
                gap.TotalSeconds
            );
            Report(StreamState.Reconnected, gap, text);
            return true;
        }

        return false;
    }

    // Whether the bus is back for good: it sends something, or keeps the connection open.
    private async Task<bool> StaysConnectedAsync(bool isConfirmed, CancellationToken token)
    {
        if (isConfirmed && endpoint.Protocol.ConfirmsSubscriptions)
        {
            return true; // an event has come through it
        }

        var found = BusIdentity.Find(Address);
        var isNew = bus is not null && found is not null && bus != found;
        for (var since = Stopwatch.StartNew(); since.Elapsed < (isNew ? HoldsNew : HoldsOld);)
        {
            await Task.Delay(LookPause, token).ConfigureAwait(false);
            switch (connection!.Poll())
            {
                case PeerState.Speaking:
                    return true;
                case PeerState.Closed or PeerState.Reset:
                    return false;
            }

            if (BusIdentity.Find(Address) != found)
            {
                return false; // the next bus already listens there
            }
        }

        return true;
    }

    private void Report(StreamState state, TimeSpan gap, string message) => Put(new StreamStatus(state, DateTime.UtcNow, gap, message));

    private void LearnFormat(FrameFormat? format)
    {
        if (format is { } seen && format != Format)
        {
            Format = seen;
            FramingDetector.Learn(Address, seen);
        }
    }

    // The event in a body, if it passes the filter.
    private SaltEvent? Select(ReadOnlySpan<byte> body)
    {
        if (!endpoint.Protocol.TryFindTag(body, out var tagLength, out var payloadOffset))
        {
            PutMalformed(new EventFormatException("there is no tag with a blank line after it", body).Message);
            return null;
        }

        if (!Filter.IsMatch(body.Slice(0, tagLength)) || (FramingDetector.IsProbe(body) && !Options.ShowsProbes))
        {
            return null;
        }

        var saltEvent = SaltEvent.From(body, tagLength, payloadOffset);
        return Filter.MeetsCondition(saltEvent) ? saltEvent : null;
    }
}
