using System;
using System.Threading.Tasks;
using NATS.Client.JetStream;
using SaltEvents.Core.Client;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Nats.JetStream;

/// <content>Where the stored events end, and which are missing.</content>
internal sealed partial class StreamReader
{
    // The message before the next one that this reader is to get.
    private ulong Before => Math.Max(lastRead, position.First - 1);

    private void NoteCaughtUp()
    {
        if (lastRead >= position.End && !isCaughtUp)
        {
            isCaughtUp = true;
            subscription.PutCaughtUp(
                lastRead == 0
                    ? null
                    : Status(
                        StreamState.Connected,
                        TimeSpan.Zero,
                        $"All stored events of the stream {bus.Options.Stream} have been read; the following events are new."
                    )
            );
        }
    }

    // Messages between the last one and the next may be of other sites and tags. They may also have been deleted unread: of a reader
    // that was slow, or if fewer were left to send than there should be.
    private async ValueTask CheckRemovedAsync(NatsJSMsgMetadata next)
    {
        if (
            next.Sequence.Stream == Before + 1
            || !(hasWaited || position.IsUnfiltered || next.NumPending + 1 < pending)
        )
        {
            return;
        }

        hasWaited = false;
        try
        {
            var first = (await StreamSetup.GetAsync(bus, subscription.Stopped).ConfigureAwait(false)).State.FirstSeq;
            if (first > Before + 1)
            {
                subscription.Put(Deleted(Math.Min(first, next.Sequence.Stream) - Before - 1));
            }
        }
        catch (NatsBusException)
        {
            // It cannot be known.
        }
    }

    // Null if the stream still has all that has not been read.
    private StreamStatus? FindMissing(NATS.Client.JetStream.Models.StreamState stream) =>
        lastRead > stream.LastSeq
            ? Gap(
                $"Events may be missing here: the stream {bus.Options.Stream} at {bus.Options.ServerList} has lost its last {Counted.Of((long)(lastRead - stream.LastSeq), "message")}, and stores new events in their place. A server that is not shut down properly may do so.",
                0
            )
        : stream.FirstSeq > Before + 1 ? Deleted(stream.FirstSeq - Before - 1)
        : null;

    private StreamStatus Created() =>
        Gap(
            $"Events may be missing here: the stream {bus.Options.Stream} at {bus.Options.ServerList} was deleted and created again, and what had not been read of the old one is gone. The new one is read from its start.",
            0
        );

    private StreamStatus Deleted(ulong count) => Gap(position.DescribeDeleted((long)count), (long)count);

    private static StreamStatus Gap(string message, long count) => new(StreamState.Gap, DateTime.UtcNow, TimeSpan.Zero, message, count);
}
