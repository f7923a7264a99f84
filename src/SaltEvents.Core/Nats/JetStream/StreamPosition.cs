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
internal sealed partial class StreamPosition(NatsBus bus, NatsReadOptions read, string wanted, SiteFilter sites, TagFilter filter)
{
    /// <summary>A server that is silent for twice this time is taken for gone.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Inactive = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan NoRedelivery = TimeSpan.FromDays(30);
    private const int ShortTries = 5;
    private DateTime since = read.Since ?? default;
    private ConsumerInfo? ownDurable; // the consumer of the durable name that this reader has made
    private string filterSubject = string.Empty; // what is wanted, as far as the subjects of the stream allow it
    private ulong start; // 0 while it is a time

    /// <summary>The first message that is to be read, of those that the stream had when it was opened last.</summary>
    public ulong First { get; private set; }

    /// <summary>When the stream was created: one that was created at another time has other messages.</summary>
    public DateTimeOffset Created { get; private set; }

    /// <summary>Whether every message of the stream is wanted.</summary>
    public bool IsUnfiltered => filterSubject == NatsSubject.AllEvents;

    /// <summary>
    /// What is not read of the events that may have been wanted: the stream no longer kept them when it was opened, or a durable name
    /// is new in it. Null if there is nothing.
    /// </summary>
    public StreamStatus? Omitted { get; private set; }

    /// <summary>Whether the server had no position of the durable name.</summary>
    public bool IsNewDurable { get; private set; }

    /// <summary>
    /// The last message that was stored when it was opened, of those that the server passes; 0 if there was none to read. Found by its
    /// number: nats-server 2.9.10 miscounts the messages after one if it filters.
    /// </summary>
    public ulong End { get; private set; }

    /// <summary>Makes a consumer for the first time.</summary>
    public async Task<INatsJSConsumer> OpenAsync(CancellationToken token)
    {
        var stream = await StreamSetup.GetAsync(bus, token).ConfigureAwait(false);
        Created = stream.Created;
        filterSubject = SubjectFilters.Fit(wanted, stream.Config.Subjects);
        End = await FindEndAsync(stream.State.FirstSeq, token).ConfigureAwait(false);
        start = read.Since is not null ? 0
            : read.Last is { } last ? await FindLastAsync(stream.State, last, token).ConfigureAwait(false)
            : stream.State.LastSeq + 1;
        var consumer = read.Durable is null
            ? await CreateAsync(null, token).ConfigureAwait(false)
            : await TakeOverAsync(null, token).ConfigureAwait(false);
        var found = await FindStartAsync(consumer, token).ConfigureAwait(false);
        (First, End) = (Math.Max(found, stream.State.FirstSeq), found > End ? 0 : End);
        Omitted = FindRemoved(stream) ?? FindSkipped(stream);
        return consumer;
    }

    /// <summary>Creates a consumer again, for the messages after those that have been read.</summary>
    /// <param name="lastRead">The last message that was read; 0 if none of this stream was read.</param>
    /// <param name="stream">The stream as it is now.</param>
    /// <param name="token">Ends the wait.</param>
    public async Task<INatsJSConsumer> ReopenAsync(ulong lastRead, StreamInfo stream, CancellationToken token)
    {
        var (first, last) = (stream.State.FirstSeq, stream.State.LastSeq);
        var isNew = stream.Created != Created;
        filterSubject = SubjectFilters.Fit(wanted, stream.Config.Subjects);
        start = isNew ? 1 : lastRead > 0 ? lastRead + 1 : Math.Min(start, last + 1);
        End = isNew || End > last || End < first ? await FindEndAsync(first, token).ConfigureAwait(false) : End;
        var consumer = await (read.Durable is null ? CreateAsync(null, token) : TakeOverAsync(isNew ? null : lastRead, token))
            .ConfigureAwait(false);
        (Created, First) = (stream.Created, Math.Max(start > 0 ? start : First, first));
        return consumer;
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

    // In the first minute after a server of a cluster has gone, the others may put a new consumer on it. Nothing answers then, and another
    // one may be put elsewhere.
    private async Task<INatsJSConsumer> CreateAsync(string? durable, CancellationToken token, ConsumerConfigDeliverPolicy? policy = null)
    {
        for (var tries = durable is null && !bus.IsRetrying ? ShortTries : 0; tries > 0; tries--)
        {
            try
            {
                return await CreateOnceAsync(null, policy, bus.Options.Timeout / 8, token).ConfigureAwait(false);
            }
            catch (NatsBusException e) when (e.Reason == NatsBusReason.NotAnswering)
            {
                // Perhaps the next one is put on another server.
            }
        }

        return await CreateOnceAsync(durable, policy, null, token).ConfigureAwait(false);
    }

    private async Task<INatsJSConsumer> CreateOnceAsync(
        string? durable,
        ConsumerConfigDeliverPolicy? policy,
        TimeSpan? timeout,
        CancellationToken token
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
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(token);
        var options = new NatsJSConsumeOpts
        {
            MaxMsgs = 1000,
            IdleHeartbeat = Heartbeat,
            NotificationHandler = async (_, _) => await lost.CancelAsync().ConfigureAwait(false),
        };
        try
        {
            await FindMatchingAsync(consumer.ConsumeAsync(NatsRawSerializer<byte[]>.Default, options, lost.Token), end, matching)
                .ConfigureAwait(false);
            return matching;
        }
        catch (Exception e) when ((e is NatsException or OperationCanceledException) && !token.IsCancellationRequested)
        {
            throw new NatsBusException(
                NatsBusReason.Unreachable,
                $"The last events of the stream {bus.Options.Stream} were not found: {bus.Options.ServerList} has stopped sending. Try again once a server answers, which Test-SaltEventBus shows.",
                e
            );
        }
    }

    private async Task FindMatchingAsync(IAsyncEnumerable<INatsJSMsg<byte[]>> messages, ulong end, List<ulong> matching)
    {
        await foreach (var message in messages.ConfigureAwait(false))
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
    }
}
