using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Nats.JetStream;

/// <summary>
/// Where a listener reads the stream, and the server's consumer from there on. A durable name is one of two consumers, name-a
/// and name-b: the position is that of the one that exists, and each time the name is used the other one is made from there and
/// takes its place, so that the events come in order and those not acknowledged come again at once.
/// </summary>
internal sealed class StreamPosition(NatsBus bus, NatsReadOptions read, string filterSubject, SiteFilter sites, TagFilter filter)
{
    private static readonly TimeSpan Inactive = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan NoRedelivery = TimeSpan.FromDays(30);
    private const int ShortTries = 5;
    private ulong start; // 0 while it is a time
    private DateTime since = read.Since ?? default;

    /// <summary>The requested events that the stream no longer kept when it was opened; null if it had them all.</summary>
    public StreamStatus? Removed { get; private set; }

    /// <summary>
    /// The last message that was stored when it was opened, of those that the server passes; 0 if there was none to read. Found by its
    /// number: nats-server 2.9.10 miscounts the messages after one if it filters.
    /// </summary>
    public ulong End { get; private set; }

    /// <summary>Makes a consumer for the first time.</summary>
    public async Task<INatsJSConsumer> OpenAsync(CancellationToken token)
    {
        var stream = await StreamSetup.GetAsync(bus, token).ConfigureAwait(false);
        End = await FindEndAsync(stream.State.FirstSeq, token).ConfigureAwait(false);
        start = read.Since is not null ? 0
            : read.Last is { } last ? await FindLastAsync(stream.State, last, token).ConfigureAwait(false)
            : stream.State.LastSeq + 1;
        var consumer = read.Durable is null
            ? await CreateAsync(null, token).ConfigureAwait(false)
            : await TakeOverAsync(null, token).ConfigureAwait(false);
        End = await FindStartAsync(consumer, token).ConfigureAwait(false) > End ? 0 : End;
        Removed = FindRemoved(stream);
        return consumer;
    }

    /// <summary>Creates a consumer again, for the messages after those that have been read.</summary>
    /// <param name="lastRead">The last message that was read; 0 if none of this stream was read.</param>
    /// <param name="first">The stream's first message.</param>
    /// <param name="last">The stream's last message.</param>
    /// <param name="token">Ends the wait.</param>
    public async Task<INatsJSConsumer> ReopenAsync(ulong lastRead, ulong first, ulong last, CancellationToken token)
    {
        start = lastRead > 0 ? lastRead + 1 : start > last + 1 ? 1 : start;
        End = End > last || End < first ? await FindEndAsync(first, token).ConfigureAwait(false) : End;
        return await (read.Durable is null ? CreateAsync(null, token) : TakeOverAsync(lastRead, token)).ConfigureAwait(false);
    }

    // If no message passes, the server starts with the stream's first one.
    private async Task<ulong> FindEndAsync(ulong first, CancellationToken token)
    {
        var last = (await CreateAsync(null, token, ConsumerConfigDeliverPolicy.Last).ConfigureAwait(false)).Info;
        var found = last.Delivered.StreamSeq + 1;
        return found > Math.Max(first, 1) || last.NumPending > 0 ? found : 0;
    }

    // A consumer that is stored on several servers may not know at once where it starts.
    private async Task<ulong> FindStartAsync(INatsJSConsumer consumer, CancellationToken token) =>
        start > 0 ? start
        : (read.Durable is null ? consumer : await CreateAsync(null, token).ConfigureAwait(false)).Info.Delivered.StreamSeq + 1;

    private async Task<INatsJSConsumer> TakeOverAsync(ulong? lastRead, CancellationToken token)
    {
        var names = new[] { read.Durable + "-a", read.Durable + "-b" };
        var a = await FindAsync(names[0], token).ConfigureAwait(false);
        var b = await FindAsync(names[1], token).ConfigureAwait(false);
        var present = a is null || (b is not null && NextOf(b) > NextOf(a)) ? b : a;
        if (present is null && lastRead is not null)
        {
            throw new NatsBusException(
                NatsBusReason.DurableTaken,
                $"The durable name {read.Durable} was removed from the stream {bus.Options.Stream} while it was read."
            );
        }

        if (present is null)
        {
            return await CreateAsync(names[0], token).ConfigureAwait(false);
        }

        start = NextOf(present);
        since = present.Info.Config.OptStartTime.UtcDateTime;
        var (old, name) = (present.Info.Name, names.First(n => n != present.Info.Name));
        if (a is not null && b is not null)
        {
            await DeleteAsync(name, token).ConfigureAwait(false); // left by a reader that was killed between the two steps
        }

        var consumer = await CreateAsync(name, token).ConfigureAwait(false);
        await DeleteAsync(old, token).ConfigureAwait(false);
        return consumer;
    }

    // Of a time it is not known how many events the stream has had since: it is said where its limits can have taken some.
    private StreamStatus? FindRemoved(StreamInfo stream)
    {
        var (state, config) = (stream.State, stream.Config);
        if (start > 0)
        {
            return start < state.FirstSeq ? RemovedStatus($"up to {Counted.Of((long)(state.FirstSeq - start), "event")}", (long)(state.FirstSeq - start)) : null;
        }

        var isFull =
            (config.MaxBytes > 0 && state.Bytes >= config.MaxBytes * 9 / 10) || (config.MaxMsgs > 0 && state.Messages >= config.MaxMsgs);
        var isTooOld = config.MaxAge > TimeSpan.Zero && since < DateTime.UtcNow - config.MaxAge;
        return
            (isFull || isTooOld)
            && state.FirstSeq > 1
            && DateTime.TryParse(state.FirstTs, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var first)
            && since < first
            ? RemovedStatus($"events from {since:u} to {first:u}", 0)
            : null;
    }

    private StreamStatus RemovedStatus(string what, long count) =>
        new(
            Client.StreamState.Gap,
            DateTime.UtcNow,
            TimeSpan.Zero,
            $"The stream {bus.Options.Stream} at {bus.Options.ServerList} has reached its limits: {what} may be missing, which it no longer keeps.",
            count
        );

    // 0 if it started with a time and nothing was acknowledged yet.
    private static ulong NextOf(INatsJSConsumer consumer) =>
        consumer.Info.AckFloor.StreamSeq > 0
            ? Math.Max(consumer.Info.AckFloor.StreamSeq + 1, consumer.Info.Config.OptStartSeq)
            : consumer.Info.Config.OptStartSeq;

    // In the first minute after a server of a cluster has gone, the others may put a new consumer on it. Nothing answers then, and another
    // one may be put elsewhere.
    private async Task<INatsJSConsumer> CreateAsync(string? durable, CancellationToken token, ConsumerConfigDeliverPolicy? policy = null)
    {
        for (var tries = durable is null && !bus.IsRetrying ? ShortTries : 0; tries > 0; tries--)
        {
            try
            {
                return await CreateOnceAsync(null, token, policy, bus.Options.Timeout / 8).ConfigureAwait(false);
            }
            catch (NatsBusException e) when (e.Reason == NatsBusReason.NotAnswering)
            {
                // Perhaps the next one is put on another server.
            }
        }

        return await CreateOnceAsync(durable, token, policy, null).ConfigureAwait(false);
    }

    private async Task<INatsJSConsumer> CreateOnceAsync(
        string? durable,
        CancellationToken token,
        ConsumerConfigDeliverPolicy? policy,
        TimeSpan? timeout
    )
    {
        var config = new ConsumerConfig
        {
            Name = durable ?? "salt-" + Guid.NewGuid().ToString("N"),
            DurableName = durable,
            DeliverPolicy =
                policy ?? (start > 0 ? ConsumerConfigDeliverPolicy.ByStartSequence : ConsumerConfigDeliverPolicy.ByStartTime),
            OptStartSeq = policy is null ? start : 0,
            FilterSubject = filterSubject,
            AckPolicy = durable is null ? ConsumerConfigAckPolicy.None : ConsumerConfigAckPolicy.All,
        };
        if (policy is null && start == 0)
        {
            config.OptStartTime = since;
        }

        if (durable is null)
        {
            (config.InactiveThreshold, config.MemStorage, config.NumReplicas) = (Inactive, true, 1);
        }
        else
        {
            // The position says what comes again, not a time: a slow reader is not to get events twice.
            (config.AckWait, config.MaxAckPending, config.MaxDeliver) = (NoRedelivery, -1, -1);
        }

        return await bus.CallAsync(
                $"The stream {bus.Options.Stream} was not read",
                async t => await bus.JetStream.CreateConsumerAsync(bus.Options.Stream, config, t).ConfigureAwait(false),
                token,
                timeout
            )
            .ConfigureAwait(false);
    }

    private async Task<INatsJSConsumer?> FindAsync(string name, CancellationToken token)
    {
        try
        {
            return await bus.CallAsync(
                    $"The durable name {read.Durable} was not read",
                    async t => await bus.JetStream.GetConsumerAsync(bus.Options.Stream, name, t).ConfigureAwait(false),
                    token
                )
                .ConfigureAwait(false);
        }
        catch (NatsBusException e) when (e.InnerException is NatsJSApiException { Error.Code: 404 })
        {
            return null;
        }
    }

    private async Task DeleteAsync(string name, CancellationToken token)
    {
        try
        {
            await bus.CallAsync(
                    $"The durable name {read.Durable} was not used",
                    async t => await bus.JetStream.DeleteConsumerAsync(bus.Options.Stream, name, t).ConfigureAwait(false),
                    token
                )
                .ConfigureAwait(false);
        }
        catch (NatsBusException e) when (e.InnerException is NatsJSApiException { Error.Code: 404 })
        {
            // It is gone already.
        }
    }

    // The last matching events: more and more of the stream's last ones are read, until enough of them match.
    private async Task<ulong> FindLastAsync(StreamState state, long last, CancellationToken token)
    {
        var first = Math.Max(state.FirstSeq, 1);
        var (end, needed, batch) = (End + 1, last, (ulong)last);
        while (end > first)
        {
            var from = end - first > batch ? end - batch : first;
            if (filter.PassesAll && sites.Sites.Count == 0)
            {
                return from;
            }

            var matching = await FindMatchingAsync(from, end, token).ConfigureAwait(false);
            if (matching.Count >= needed)
            {
                return matching[^(int)needed];
            }

            needed -= matching.Count;
            end = from;
            batch = batch < long.MaxValue / 4 ? batch * 4 : long.MaxValue;
        }

        return first;
    }

    private async Task<List<ulong>> FindMatchingAsync(ulong from, ulong end, CancellationToken token)
    {
        var matching = new List<ulong>();
        start = from;
        var consumer = await CreateAsync(null, token).ConfigureAwait(false);
        await foreach (
            var message in consumer.ConsumeAsync(NatsRawSerializer<byte[]>.Default, cancellationToken: token).ConfigureAwait(false)
        )
        {
            var metadata = message.Metadata!.Value;
            if (
                metadata.Sequence.Stream < end
                && StoredMessage.TryRead(message, null, out var saltEvent)
                && sites.IsMatch(saltEvent!.Site!)
                && filter.IsMatch(saltEvent)
            )
            {
                matching.Add(metadata.Sequence.Stream);
            }

            if (metadata.Sequence.Stream + 1 >= end) // End comes at the latest
            {
                break;
            }
        }

        return matching;
    }
}
