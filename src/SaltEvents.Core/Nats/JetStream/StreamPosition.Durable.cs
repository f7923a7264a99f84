using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace SaltEvents.Core.Nats.JetStream;

/// <content>Durable names.</content>
internal sealed partial class StreamPosition
{
    /// <summary>The consumer of a durable name was deleted: says whether another command has it now, or the name is gone.</summary>
    /// <exception cref="NatsBusException">It is so. Otherwise it may be opened again.</exception>
    public async Task CheckDurableAsync(CancellationToken token)
    {
        if (ownDurable is null)
        {
            return;
        }

        ConsumerInfo?[] present;
        try
        {
            if ((await StreamSetup.GetAsync(bus, token).ConfigureAwait(false)).Created != Created)
            {
                return;
            }

            present = [.. (await FindBothAsync(token).ConfigureAwait(false)).Select(c => c?.Info)];
        }
        catch (NatsBusException)
        {
            return; // the stream is gone too, or the connection
        }

        if (present.All(c => c is null))
        {
            throw DurableRemoved();
        }

        if (!present.Any(c => c is not null && c.Name == ownDurable.Name && c.Created == ownDurable.Created))
        {
            throw new NatsBusException(
                NatsBusReason.DurableTaken,
                $"Another command has taken over the durable name {read.Durable} at {bus.Options.ServerList}. It continues where this one has stopped; give each command a name of its own if both are to read all events."
            );
        }
    }

    private string[] Names => [read.Durable + "-a", read.Durable + "-b"];

    private NatsBusException DurableRemoved() =>
        new(
            NatsBusReason.DurableTaken,
            $"The durable name {read.Durable} was deleted from the stream {bus.Options.Stream} at {bus.Options.ServerList} while it was read. A command that gives the name again starts with the events from then on."
        );

    private async Task<INatsJSConsumer> TakeOverAsync(ulong? lastRead, CancellationToken token)
    {
        var names = Names;
        var both = await FindBothAsync(token).ConfigureAwait(false);
        var (a, b) = (both[0], both[1]);
        var present = a is null || (b is not null && NextOf(b) > NextOf(a)) ? b : a;
        if (present is null && lastRead is not null)
        {
            throw DurableRemoved();
        }

        if (present is null)
        {
            IsNewDurable = true;
            return await CreateDurableAsync(names[0], token).ConfigureAwait(false);
        }

        start = NextOf(present);
        since = present.Info.Config.OptStartTime.UtcDateTime;
        var (old, name) = (present.Info.Name, names.First(n => n != present.Info.Name));
        if (a is not null && b is not null)
        {
            await DeleteAsync(name, token).ConfigureAwait(false); // left by a reader that was killed between the two steps
        }

        var consumer = await CreateDurableAsync(name, token).ConfigureAwait(false);
        await DeleteAsync(old, token).ConfigureAwait(false);
        return consumer;
    }

    private async Task<INatsJSConsumer> CreateDurableAsync(string name, CancellationToken token)
    {
        var consumer = await CreateAsync(name, token).ConfigureAwait(false);
        ownDurable = consumer.Info;
        return consumer;
    }

    // 0 if it started with a time and nothing was acknowledged yet.
    private static ulong NextOf(INatsJSConsumer consumer) =>
        consumer.Info.AckFloor.StreamSeq > 0
            ? Math.Max(consumer.Info.AckFloor.StreamSeq + 1, consumer.Info.Config.OptStartSeq)
            : consumer.Info.Config.OptStartSeq;

    private async Task<INatsJSConsumer?[]> FindBothAsync(CancellationToken token) =>
        [await FindAsync(Names[0], token).ConfigureAwait(false), await FindAsync(Names[1], token).ConfigureAwait(false)];

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
}
