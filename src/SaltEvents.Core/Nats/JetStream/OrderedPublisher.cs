using System;
using System.Diagnostics;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using NATS.Client.Core;
using NATS.Client.JetStream.Models;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Nats.JetStream;

/// <summary>
/// Publishes a site's events to the stream: in order, each at least once, many on their way at a time. Each message but the
/// first of those on their way says which one the stream must have stored just before it. So nothing after one that is lost is
/// stored, and all of it is sent again, in its order; what the stream has already, the server knows by its id.
/// </summary>
internal sealed partial class OrderedPublisher : IAsyncDisposable
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private readonly object sync = new();
    private readonly NatsBus bus;
    private readonly EventRelayOptions options;
    private readonly EventIds ids;
    private readonly RelayQueue queue;
    private readonly SemaphoreSlim wake = new(0, 1);
    private readonly CancellationTokenSource stop = new();
    private readonly string inbox;
    private readonly DateTime started = DateTime.UtcNow;
    private readonly Stopwatch running = Stopwatch.StartNew(); // the clock may be set meanwhile
    private readonly string run = Guid.NewGuid().ToString("N").Substring(0, 8);
    private ulong baseline; // the last message that the stream had before this relay began to listen
    private DateTimeOffset created; // the stream: one that was created since has nothing older
    private bool doubtsStream;
    private bool asksWhileQuiet; // the servers did not answer: only while there is nothing to publish are they asked again
    private TaskCompletionSource? drained;
    private Task work = Task.CompletedTask;
    private long numbers;
    private long pausedUntil;
    private TimeSpan pause;
    private long gaps;
    private long published;
    private long acknowledged;
    private long duplicates;
    private long dropped;

    /// <param name="bus">The servers.</param>
    /// <param name="options">What the relay is asked to do.</param>
    /// <param name="stream">The stream before the relay began to listen.</param>
    public OrderedPublisher(NatsBus bus, EventRelayOptions options, StreamInfo stream)
    {
        this.bus = bus;
        this.options = options;
        (baseline, created) = (stream.State.LastSeq, stream.Created);
        ids = new EventIds(options.Site, StreamSetup.DuplicateWindow, () => started + running.Elapsed);
        queue = new RelayQueue(options.QueueSize);
        inbox = $"{bus.Connection.Opts.InboxPrefix}.{Guid.NewGuid():N}"; // not below the client's own inbox, which has no wildcards
    }

    public long Published => Interlocked.Read(ref published);

    public long Acknowledged => Interlocked.Read(ref acknowledged);

    public long Duplicates => Interlocked.Read(ref duplicates);

    public long Dropped => Interlocked.Read(ref dropped);

    /// <summary>Why an event was given up last; null where none was.</summary>
    public string? LastDropped { get; private set; }

    /// <summary>What keeps it from publishing; null if nothing does.</summary>
    public string? Problem { get; private set; }

    public int Waiting
    {
        get
        {
            lock (sync)
            {
                return queue.Count;
            }
        }
    }

    /// <summary>Begins to publish.</summary>
    public async Task StartAsync(CancellationToken token)
    {
        bus.IsRetrying = true;
        bus.Connection.ConnectionDisconnected += OnDisconnectedAsync;
        bus.Connection.ConnectionOpened += OnOpenedAsync;
        bus.Refused += OnRefused;
        bus.SignInRefused += OnSignInRefused;
        var answers = await bus
            .Connection.SubscribeCoreAsync<byte[]>(inbox + ".>", serializer: NatsRawSerializer<byte[]>.Default, cancellationToken: token)
            .ConfigureAwait(false);
        work = Task.WhenAll(Task.Run(() => ReadAnswersAsync(answers)), Task.Run(PublishAsync));
    }

    /// <summary>Adds an event. If too many wait, the oldest one that was never sent is dropped.</summary>
    public void Add(SaltEvent saltEvent)
    {
        var body = saltEvent.Body.ToArray();
        var subject = NatsSubject.Format(NatsSubject.Events, options.Site, saltEvent.TagUtf8);
        var tag = NatsSubject.EscapeHeader(saltEvent.TagUtf8);
        lock (sync)
        {
            CountDropped(
                queue.Add(new RelayItem(++numbers, subject, tag, body, ids.Next(body)) { IsBarrier = MayEqualOlder(saltEvent) }),
                "More events waited for the server than -QueueSize, or 256 MiB, holds."
            );
        }

        Wake();
    }

    /// <summary>Events of the bus were missed before the next one that is added.</summary>
    public void AddGap() => Interlocked.Increment(ref gaps);

    /// <summary>Waits until nothing waits any more.</summary>
    /// <returns>How many events still wait, and are given up.</returns>
    public async Task<long> DrainAsync(TimeSpan wait, CancellationToken token)
    {
        Task done;
        lock (sync)
        {
            drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            done = queue.Count == 0 ? Task.CompletedTask : drained.Task;
        }

        await Task.WhenAny(done, Task.Delay(wait, token)).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        lock (sync)
        {
            CountDropped(
                queue.Count,
                "The relay was stopped before the server had acknowledged them." + (Problem is null ? string.Empty : " " + Problem)
            );
            return queue.Count;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        bus.Connection.ConnectionDisconnected -= OnDisconnectedAsync;
        bus.Connection.ConnectionOpened -= OnOpenedAsync;
        bus.Refused -= OnRefused;
        bus.SignInRefused -= OnSignInRefused;
        await stop.CancelAsync().ConfigureAwait(false);
        await work.ConfigureAwait(false);
    }

    // The server still knows the ids of events from before this relay was started; only the time in an event distinguishes it from them.
    private bool MayEqualOlder(SaltEvent saltEvent) =>
        running.Elapsed < StreamSetup.DuplicateWindow && !(saltEvent.GetTimestamp() >= started);

    private async Task PublishAsync()
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                await CheckStreamAsync().ConfigureAwait(false);
                if (!TryTake(out var item, out var previous, out var generation, out var wait))
                {
                    await wake.WaitAsync(wait, stop.Token).ConfigureAwait(false);
                    continue;
                }

                await SendAsync(item!, previous, generation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private bool TryTake(out RelayItem? item, out RelayItem? previous, out int generation, out TimeSpan wait)
    {
        lock (sync)
        {
            (item, previous, generation, wait) = (null, null, queue.Generation, options.AckTimeout);
            if (bus.Connection.ConnectionState != NatsConnectionState.Open)
            {
                return false;
            }

            var left = pausedUntil - Environment.TickCount64;
            if (left > 0)
            {
                wait = TimeSpan.FromMilliseconds(left);
                return false;
            }

            if (queue.Oldest is { } oldest && oldest.SinceSent > options.AckTimeout)
            {
                Repeat(FormattableString.Invariant($"The server has not acknowledged an event within {options.AckTimeout.TotalSeconds:0.###} s."));
                return false;
            }

            generation = queue.Generation;
            wait = queue.Oldest is { } waiting
                ? options.AckTimeout - waiting.SinceSent + TimeSpan.FromMilliseconds(1)
                : Timeout.InfiniteTimeSpan;
            return queue.TryTake(out item, out previous);
        }
    }

    private async Task SendAsync(RelayItem item, RelayItem? previous, int generation)
    {
        var headers = new NatsHeaders
        {
            ["Nats-Msg-Id"] = item.Id.ToString(),
            ["Nats-Expected-Stream"] = bus.Options.Stream,
            [MessageHeaders.Site] = options.Site,
            [MessageHeaders.Tag] = item.Tag,
            [MessageHeaders.Relay] = string.Format(CultureInfo.InvariantCulture, "{0} {1} {2}", run, Dropped, Interlocked.Read(ref gaps)),
        };
        if (previous is not null)
        {
            headers["Nats-Expected-Last-Msg-Id"] = previous.Id.ToString();
        }

        try
        {
            Interlocked.Increment(ref published);
            await bus
                .Connection.PublishAsync(
                    item.Subject,
                    item.Body,
                    headers,
                    string.Format(CultureInfo.InvariantCulture, "{0}.{1}.{2}.{3}", inbox, generation, item.Number, item.Id.Number),
                    NatsRawSerializer<byte[]>.Default,
                    cancellationToken: stop.Token
                )
                .ConfigureAwait(false);
        }
        catch (NatsPayloadTooLargeException e)
        {
            GiveUp(item, $"An event of {item.Body.Length} bytes was not published: {e.Clause()}.");
        }
        catch (NatsException e)
        {
            lock (sync)
            {
                Repeat(DisplayText.OneLine(e.Message));
            }
        }
    }
}
