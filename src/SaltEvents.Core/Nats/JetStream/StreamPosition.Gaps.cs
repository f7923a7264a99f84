using System;
using System.Globalization;
using System.Linq;
using NATS.Client.JetStream.Models;
using SaltEvents.Core.Client;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Nats.JetStream;

/// <content>What the stream no longer keeps of what was asked for.</content>
internal sealed partial class StreamPosition
{
    /// <summary>What is said of messages that the stream no longer has.</summary>
    public string DescribeDeleted(long count) =>
        $"Up to {Counted.Of(count, "event")} may be missing here: the stream {bus.Options.Stream} at {bus.Options.ServerList} deleted them before they were read. Its limits have done so, or it was purged.";

    // Of a time it is not known how many events the stream has had since: it is said where its limits can have taken some.
    private StreamStatus? FindRemoved(StreamInfo stream)
    {
        var (state, config) = (stream.State, stream.Config);
        if (start > 0)
        {
            return start < state.FirstSeq ? RemovedStatus(DescribeDeleted((long)(state.FirstSeq - start)), (long)(state.FirstSeq - start)) : null;
        }

        var isFull =
            (config.MaxBytes > 0 && state.Bytes >= config.MaxBytes * 9 / 10) || (config.MaxMsgs > 0 && state.Messages >= config.MaxMsgs);
        var isTooOld = config.MaxAge > TimeSpan.Zero && since < DateTime.UtcNow - config.MaxAge;
        return
            (isFull || isTooOld)
            && state.FirstSeq > 1
            && DateTime.TryParse(state.FirstTs, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var first)
            && since < first
            ? RemovedStatus(
                    $"Events from {since:u} to {first:u} may be missing here: the stream {bus.Options.Stream} at {bus.Options.ServerList} no longer keeps them. Its limits are {DescribeLimits(config)}.",
                    0
                )
            : null;
    }

    // The server deletes a durable name with its stream: whether the name was used before cannot be known.
    private StreamStatus? FindSkipped(StreamInfo stream) =>
        IsNewDurable && read.Since is null && read.Last is null && stream.State.Messages > 0
            ? RemovedStatus(
                $"The durable name {read.Durable} is new in the stream {bus.Options.Stream} at {bus.Options.ServerList}: it starts with the events from now on. If it was used before, it was deleted since, perhaps with the stream, which was created at {stream.Created.UtcDateTime:u}; -Since or -Last with another name reads what is stored.",
                0
            )
            : null;

    private static StreamStatus RemovedStatus(string message, long count) =>
        new(Client.StreamState.Gap, DateTime.UtcNow, TimeSpan.Zero, message, count);

    private static string DescribeLimits(StreamConfig config) =>
        string.Join(
            ", ",
            new[]
            {
                config.MaxAge > TimeSpan.Zero ? $"{config.MaxAge} (max_age)" : null,
                config.MaxBytes > 0 ? $"{Counted.Of(config.MaxBytes, "byte")} (max_bytes)" : null,
                config.MaxMsgs > 0 ? $"{Counted.Of(config.MaxMsgs, "message")} (max_msgs)" : null,
            }.Where(l => l is not null)
        );
}
