using System;
using System.Diagnostics;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Client;

namespace SaltEvents.Core.Api;

/// <content>Reports the stream's changes to the subscriptions.</content>
internal sealed partial class SaltApiStream
{
    private void OnConnected(TimeSpan gap, string why, CancellationToken stop)
    {
        lock (sync)
        {
            stop.ThrowIfCancellationRequested();
            isConnected = true;
            var text = string.Format(
                CultureInfo.InvariantCulture,
                "The event stream of {0} is open again after {1:0.###} s; events fired meanwhile were missed. It ended because {2}.",
                Uri,
                gap.TotalSeconds,
                why
            );
            open.ForEach(s => s.Put(Status(StreamState.Reconnected, gap, text)));
            foreach (var (subscription, opened) in waiting.ToArray())
            {
                Admit(subscription);
                opened.TrySetResult(true);
            }

            waiting.Clear();
        }
    }

    // The stream has ended: subscriptions that do not reconnect end.
    private void OnDisconnected(string why, CancellationToken stop)
    {
        lock (sync)
        {
            stop.ThrowIfCancellationRequested();
            isConnected = false;
        }

        var message = $"The event stream of {Uri} ended: {why}.";
        foreach (var subscription in Snapshot())
        {
            if (subscription.Options.Reconnect)
            {
                subscription.Put(Status(StreamState.Disconnected, TimeSpan.Zero, message));
            }
            else
            {
                subscription.End(SubscriptionEndReason.BusClosed, new SaltApiException(SaltApiReason.Unreachable, message));
            }
        }
    }

    // It could not be opened: those that wait for the first time get the error; the others keep waiting, if that can help.
    private void OnRefused(SaltApiException error, Stopwatch? away, CancellationToken stop)
    {
        (SaltApiSubscription Subscription, TaskCompletionSource<bool> Opened)[] refused;
        lock (sync)
        {
            stop.ThrowIfCancellationRequested();
            refused = waiting.ToArray();
        }

        foreach (var (_, opened) in refused)
        {
            opened.TrySetException(error);
        }

        foreach (var subscription in Snapshot())
        {
            if (!error.IsTransient || (subscription.Options.ReconnectTimeout is { } limit && away?.Elapsed >= limit))
            {
                subscription.End(SubscriptionEndReason.BusClosed, error);
            }
        }

        lock (sync)
        {
            waiting.RemoveAll(w => w.Opened.Task.IsFaulted);
            if (open.Count == 0 && waiting.Count == 0 && !stop.IsCancellationRequested)
            {
                Stop();
            }
        }
    }

    private void End(Exception error, CancellationToken stop)
    {
        lock (sync)
        {
            if (stop.IsCancellationRequested)
            {
                return;
            }

            waiting.ForEach(w => w.Opened.TrySetException(error));
        }

        foreach (var subscription in Snapshot())
        {
            subscription.End(SubscriptionEndReason.BusClosed, error);
        }
    }

    private void ReportSilence(SaltApiException? problem, CancellationToken stop)
    {
        if (stop.IsCancellationRequested)
        {
            return;
        }

        var status = problem is null
            ? Status(StreamState.Reconnected, TimeSpan.Zero, $"salt-api at {Uri} answers again; the event stream has stayed open.")
            : Status(
                StreamState.Disconnected,
                TimeSpan.Zero,
                $"Nothing has arrived on the event stream of {Uri} for a while, and {problem.Message} The stream stays open: events arrive again when salt-api answers, but some may have been lost."
            );
        foreach (var subscription in Snapshot())
        {
            subscription.Put(status);
        }
    }

    private static StreamStatus Status(StreamState state, TimeSpan gap, string message) =>
        new(state, DateTime.UtcNow, gap, Compat.DisplayText.OneLine(message));
}
