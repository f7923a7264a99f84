using System;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using NATS.Client.Core;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Nats.JetStream;

/// <content>What the server answers, and what becomes of the connection.</content>
internal sealed partial class OrderedPublisher
{
    private async Task ReadAnswersAsync(INatsSub<byte[]> answers)
    {
        try
        {
            await using (answers.ConfigureAwait(false))
            {
                await foreach (var answer in answers.Msgs.ReadAllAsync(stop.Token).ConfigureAwait(false))
                {
                    Take(answer);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    // The subject ends in the attempt, the event's number and that of its id.
    private void Take(in NatsMsg<byte[]> message)
    {
        var parts = message.Subject.Substring(inbox.Length + 1).Split('.');
        if (
            parts.Length != 3
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || !int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var idNumber)
        )
        {
            return;
        }

        var answer = message.HasNoResponders
            ? new PublishAnswer(0, false, PublishAnswer.NoResponders, "no server accepts events for the stream at present")
            : PublishAnswer.Parse(message.Data ?? []);
        lock (sync)
        {
            if (queue.Find(number) is not { } item)
            {
                return;
            }

            if (answer.IsStored)
            {
                Stored(item, idNumber, answer);
            }
            else if (generation == queue.Generation)
            {
                Failed(item, answer);
            }
        }

        Wake();
    }

    private void Stored(RelayItem item, int idNumber, PublishAnswer answer)
    {
        if (answer.IsDuplicate && answer.Sequence <= baseline)
        {
            // The stream had this one before this relay began to listen: it was another event with the same bytes.
            if (idNumber == item.Id.Number)
            {
                item.Id = ids.Renumber(item.Id);
                queue.Rewind();
            }

            return;
        }

        queue.Acknowledge(item);
        Interlocked.Increment(ref acknowledged);
        Interlocked.Add(ref duplicates, answer.IsDuplicate ? 1 : 0);
        Problem = null;
        pause = TimeSpan.Zero;
        if (queue.Count == 0)
        {
            drained?.TrySetResult();
        }
    }

    private void Failed(RelayItem item, PublishAnswer answer)
    {
        switch (answer.ErrorCode)
        {
            case NatsErrors.WrongLastMessageId:
                // Another site has published in between, or the one before was lost.
                queue.Rewind(isContended: true);
                break;
            case NatsErrors.MessageTooLarge:
                Drop(item, $"An event of {item.Body.Length} bytes was not published: {bus.Secrets.Mask(answer.Error!)}.");
                break;
            case PublishAnswer.NoResponders or NatsErrors.ExpectedStreamMismatch:
                doubtsStream = true;
                Repeat(Problem ?? DescribeRefusal(answer));
                break;
            default:
                Repeat(DescribeRefusal(answer));
                break;
        }
    }

    private string DescribeRefusal(PublishAnswer answer) =>
        $"{bus.Options.ServerList} does not store events in the stream {bus.Options.Stream}: {bus.Secrets.Mask(answer.Error!)}.{NatsErrors.Advise(answer.ErrorCode)}";

    // Called with the lock held.
    private void Repeat(string problem)
    {
        Problem = DisplayText.OneLine(problem);
        queue.Rewind();
        pause = pause == TimeSpan.Zero ? TimeSpan.FromMilliseconds(50) : pause * 2 < LongestPause ? pause * 2 : LongestPause;
        pausedUntil = Environment.TickCount64 + (long)pause.TotalMilliseconds;
    }

    private void GiveUp(RelayItem item, string problem)
    {
        lock (sync)
        {
            Drop(item, problem);
        }
    }

    private void Drop(RelayItem item, string problem)
    {
        queue.GiveUp(item);
        CountDropped(1, problem);
        if (queue.Count == 0)
        {
            drained?.TrySetResult();
        }
    }

    // Called with the lock held.
    private void CountDropped(long count, string problem)
    {
        if (count > 0)
        {
            LastDropped = DisplayText.OneLine(problem);
            Interlocked.Add(ref dropped, count);
        }
    }

    private ValueTask OnDisconnectedAsync(object? sender, NatsEventArgs e)
    {
        lock (sync)
        {
            Problem = $"The connection to {bus.Options.ServerList} is lost; reconnecting.";
            queue.Rewind();
        }

        Wake();
        return default;
    }

    private ValueTask OnOpenedAsync(object? sender, NatsEventArgs e)
    {
        lock (sync)
        {
            (pause, pausedUntil, doubtsStream) = (TimeSpan.Zero, 0, true);
            queue.Rewind();
        }

        Wake();
        return default;
    }

    // The server answers nothing to a message that the user has no right to publish.
    private void OnRefused(string violation)
    {
        lock (sync)
        {
            if (queue.HasInFlight || violation.Contains(inbox, StringComparison.Ordinal))
            {
                Repeat($"The user has no permission to publish the events of site {options.Site} at {bus.Options.ServerList} ({violation}).");
            }
        }

        Wake();
    }

    private void OnSignInRefused(string problem)
    {
        lock (sync)
        {
            Problem = problem;
        }
    }

    private void Wake()
    {
        if (wake.CurrentCount == 0)
        {
            try
            {
                wake.Release();
            }
            catch (SemaphoreFullException)
            {
                // Another thread has woken it.
            }
        }
    }
}
