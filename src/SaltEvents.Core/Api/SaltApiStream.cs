using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Api;

/// <summary>
/// The one event stream of a client, for all of its subscriptions: each stream holds one of salt-api's threads, and salt-api
/// filters nothing. It is open as long as there is a subscription, and opened again when it has ended.
/// </summary>
internal sealed partial class SaltApiStream(SaltApiClient client) : IDisposable
{
    // A stream that held so long was worth it: the next one is opened at once.
    private static readonly TimeSpan Holds = TimeSpan.FromSeconds(5);
    private readonly object sync = new();
    private readonly List<SaltApiSubscription> open = [];
    private readonly List<(SaltApiSubscription Subscription, TaskCompletionSource<bool> Opened)> waiting = [];
    private readonly Backoff backoff = new(TimeSpan.FromSeconds(5));
    private CancellationTokenSource? running; // null if nothing is read
    private SaltApiSubscription[] listeners = []; // of open, created again with each change
    private bool isConnected;

    public Uri Uri => client.Options.Uri;

    /// <summary>Adds a subscription; its task ends when the stream is open.</summary>
    /// <exception cref="SaltApiException">It cannot be opened.</exception>
    public async Task<SaltApiSubscription> SubscribeAsync(
        SaltApiClient opener,
        TagFilter filter,
        EventBusClientOptions options,
        CancellationToken stop
    )
    {
        var subscription = new SaltApiSubscription(this, filter, options);
        var opened = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        bool isOpener;
        lock (sync)
        {
            if (isConnected)
            {
                Admit(subscription);
                return subscription;
            }

            waiting.Add((subscription, opened));
            isOpener = running is null;
            if (isOpener)
            {
                running = new CancellationTokenSource();
                var token = running!.Token;
                _ = Task.Run(() => RunAsync(opener, token), CancellationToken.None);
            }
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (!isOpener)
        {
            limit.CancelAfter(opener.Options.Timeout); // the command that opens the stream may be willing to wait longer
        }

        using (
            limit.Token.Register(() =>
                opened.TrySetException(stop.IsCancellationRequested ? new OperationCanceledException(stop) : NotOpened(opener))
            )
        )
        {
            try
            {
                await opened.Task.ConfigureAwait(false);
                return subscription;
            }
            catch
            {
                subscription.Dispose();
                throw;
            }
        }
    }

    private static SaltApiException NotOpened(SaltApiClient opener) =>
        new(
            SaltApiReason.NotAnswering,
            string.Format(
                CultureInfo.InvariantCulture,
                "The event stream of {0}, which another command opens, was not open within {1:0.#} s.",
                opener.Options.Uri,
                opener.Options.Timeout.TotalSeconds
            )
        );

    /// <summary>Takes a subscription off; without any the stream is closed.</summary>
    public void Remove(SaltApiSubscription subscription)
    {
        lock (sync)
        {
            open.Remove(subscription);
            listeners = open.ToArray();
            waiting.RemoveAll(w => w.Subscription == subscription);
            if (open.Count == 0 && waiting.Count == 0)
            {
                Stop();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var subscription in Snapshot())
        {
            subscription.Dispose();
        }
    }

    // Called with the lock held.
    private void Stop()
    {
        running?.Cancel();
        running = null;
        isConnected = false;
    }

    private void Admit(SaltApiSubscription subscription)
    {
        open.Add(subscription);
        listeners = open.ToArray();
        subscription.Put(Status(StreamState.Connected, TimeSpan.Zero, $"Listening to the events of {Uri}."));
    }

    private async Task RunAsync(SaltApiClient opener, CancellationToken stop)
    {
        Stopwatch? away = null;
        var why = string.Empty;
        try
        {
            while (true)
            {
                EventStreamConnection connection;
                try
                {
                    connection = await EventStreamConnection.OpenAsync(opener, stop).ConfigureAwait(false);
                }
                catch (SaltApiException e)
                {
                    OnRefused(e, away, stop);
                    await Task.Delay(backoff.Next(), stop).ConfigureAwait(false);
                    continue;
                }

                opener = client; // the timeout of the first command does not apply to later ones
                var held = Stopwatch.StartNew();
                using (connection)
                {
                    OnConnected(away?.Elapsed ?? TimeSpan.Zero, why, stop);
                    why = await ReadAsync(connection, stop).ConfigureAwait(false);
                }

                away = Stopwatch.StartNew();
                OnDisconnected(why, stop);
                if (held.Elapsed > Holds)
                {
                    backoff.Reset();
                }
                else
                {
                    await Task.Delay(backoff.Next(), stop).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody listens any more.
        }
        catch (Exception e)
        {
            // A bug in this code: listeners get an error, and do not wait forever.
            End(e, stop);
        }
    }

    private async Task<string> ReadAsync(EventStreamConnection connection, CancellationToken stop)
    {
        Exception? error = null;
        var events = new JsonEvent();
        var arrived = new List<SaltEvent>(QueuedSubscription.MaxBatch);
        var watch = connection.WatchAsync(client, problem => ReportSilence(problem, stop));
        try
        {
            do
            {
                while (connection.TryRead(out var json))
                {
                    if (Read(events, json) is { } saltEvent)
                    {
                        arrived.Add(saltEvent);
                    }

                    if (arrived.Count == QueuedSubscription.MaxBatch)
                    {
                        Deliver(arrived);
                    }
                }

                Deliver(arrived);
            }
            while (await connection.FillAsync(stop).ConfigureAwait(false));
        }
        catch (Exception e)
            when (e is IOException or HttpRequestException or ObjectDisposedException or SaltApiException or System.Net.WebException)
        {
            stop.ThrowIfCancellationRequested();
            error = e;
        }

        var why = connection.DescribeEnd(error, out _);
        connection.Dispose();
        await watch.ConfigureAwait(false);
        return why;
    }

    // Null if it is not an event, which is counted.
    private SaltEvent? Read(JsonEvent events, ReadOnlySpan<byte> json)
    {
        try
        {
            return json.IsEmpty
                ? throw new EventFormatException($"it is longer than {client.Options.MaxEventBytes} bytes", json)
                : events.ReadNext(json);
        }
        catch (EventFormatException e)
        {
            foreach (var subscription in Snapshot())
            {
                subscription.PutMalformed(e.Message);
            }

            return null;
        }
    }

    private void Deliver(List<SaltEvent> arrived)
    {
        foreach (var subscription in Snapshot())
        {
            subscription.Put(arrived);
        }

        arrived.Clear();
    }

    private SaltApiSubscription[] Snapshot() => Volatile.Read(ref listeners);
}
