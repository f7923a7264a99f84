using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace SaltEvents.Core.Nats.JetStream;

/// <summary>
/// Where a listener reads the stream, and the server's consumer from there on. A durable name is one of two consumers, name-a
/// and name-b: the position is that of the one that exists, and each time the name is used the other one is made from there and
/// takes its place, so that the events come in order and those not acknowledged come again at once.
/// </summary>
internal sealed class StreamPosition(NatsBus bus, NatsReadOptions read, string filterSubject)
{
    private static readonly TimeSpan Inactive = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan NoRedelivery = TimeSpan.FromDays(30);
    private ulong start; // 0 while it is a time

    /// <summary>Makes a consumer for the first time.</summary>
    public async Task<INatsJSConsumer> OpenAsync(CancellationToken token)
    {
        var stream = await StreamSetup.GetAsync(bus, token).ConfigureAwait(false);
        start = read.Since is not null ? 0
            : read.Last is { } last ? await FindLastAsync(stream.State, last, token).ConfigureAwait(false)
            : stream.State.LastSeq + 1;
        return read.Durable is null ? await CreateAsync(null, token).ConfigureAwait(false) : await TakeOverAsync(null, token).ConfigureAwait(false);
    }

    /// <summary>Makes a consumer again, for what comes after what has been read.</summary>
    /// <param name="lastRead">The last message that was read; 0 where none of this stream was.</param>
    /// <param name="last">The stream's last message.</param>
    /// <param name="token">Ends the wait.</param>
    public Task<INatsJSConsumer> ReopenAsync(ulong lastRead, ulong last, CancellationToken token)
    {
        start = lastRead > 0 ? lastRead + 1 : start > last + 1 ? 1 : start;
        return read.Durable is null ? CreateAsync(null, token) : TakeOverAsync(lastRead, token);
    }

    private async Task<INatsJSConsumer> TakeOverAsync(ulong? lastRead, CancellationToken token)
    {
        var names = new[] { read.Durable + "-a", read.Durable + "-b" };
        var a = await FindAsync(names[0], token).ConfigureAwait(false);
        var b = await FindAsync(names[1], token).ConfigureAwait(false);
        var present = a is null || (b is not null && b.Info.AckFloor.StreamSeq > a.Info.AckFloor.StreamSeq) ? b : a;
        if (present is null && lastRead is not null)
        {
            throw new NatsBusException(NatsBusReason.DurableTaken, $"The durable name {read.Durable} was removed from the stream {bus.Options.Stream} while it was read.");
        }

        if (present is null)
        {
            return await CreateAsync(names[0], token).ConfigureAwait(false);
        }

        start = present.Info.AckFloor.StreamSeq + 1;
        var (old, name) = (present.Info.Name, names.First(n => n != present.Info.Name));
        if (a is not null && b is not null)
        {
            await DeleteAsync(name, token).ConfigureAwait(false); // left by a reader that was killed between the two steps
        }

        var consumer = await CreateAsync(name, token).ConfigureAwait(false);
        await DeleteAsync(old, token).ConfigureAwait(false);
        return consumer;
    }

    private async Task<INatsJSConsumer> CreateAsync(string? durable, CancellationToken token)
    {
        var config = new ConsumerConfig
        {
            Name = durable ?? "salt-" + Guid.NewGuid().ToString("N"),
            DurableName = durable,
            DeliverPolicy = start > 0 ? ConsumerConfigDeliverPolicy.ByStartSequence : ConsumerConfigDeliverPolicy.ByStartTime,
            OptStartSeq = start,
            FilterSubject = filterSubject,
            AckPolicy = durable is null ? ConsumerConfigAckPolicy.None : ConsumerConfigAckPolicy.All,
        };
        if (start == 0)
        {
            config.OptStartTime = read.Since!.Value;
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

        return await bus.CallAsync($"The stream {bus.Options.Stream} was not read", async t => await bus.JetStream.CreateConsumerAsync(bus.Options.Stream, config, t).ConfigureAwait(false), token).ConfigureAwait(false);
    }

    private async Task<INatsJSConsumer?> FindAsync(string name, CancellationToken token)
    {
        try
        {
            return await bus.CallAsync($"The durable name {read.Durable} was not read", async t => await bus.JetStream.GetConsumerAsync(bus.Options.Stream, name, t).ConfigureAwait(false), token).ConfigureAwait(false);
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
            await bus.CallAsync($"The durable name {read.Durable} was not used", async t => await bus.JetStream.DeleteConsumerAsync(bus.Options.Stream, name, t).ConfigureAwait(false), token).ConfigureAwait(false);
        }
        catch (NatsBusException e) when (e.InnerException is NatsJSApiException { Error.Code: 404 })
        {
            // It is gone already.
        }
    }

    // Of the events that the server filters, the last so many: found by how many come after a message, in halves.
    private async Task<ulong> FindLastAsync(StreamState state, long last, CancellationToken token)
    {
        var low = Math.Max(state.FirstSeq, 1);
        var high = state.LastSeq + 1;
        if (filterSubject == NatsSubject.AllEvents)
        {
            return high - low > (ulong)last ? high - (ulong)last : low;
        }

        // Low has too many after it, or is the first; high has not.
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            start = middle;
            var probe = await CreateAsync(null, token).ConfigureAwait(false);
            (low, high) = probe.Info.NumPending > (ulong)last ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
