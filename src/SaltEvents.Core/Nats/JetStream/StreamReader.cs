using System;
using System.Threading;
using System.Threading.Tasks;
using NATS.Client.Core;
using NATS.Client.JetStream;
using SaltEvents.Core.Client;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Nats.JetStream;

/// <summary>
/// Reads a stream for one subscription. When the server is gone or stops sending, it continues with the event after the last one,
/// at whichever server answers.
/// </summary>
internal sealed partial class StreamReader
{
    private readonly NatsBus bus;
    private readonly StoredSubscription subscription;
    private readonly SiteFilter sites;
    private readonly StreamPosition position;
    private readonly RelayGaps relays = new();
    private readonly Backoff backoff = new(TimeSpan.FromSeconds(2));
    private readonly bool isDurable;
    private CancellationTokenSource? reading;
    private ulong lastRead;
    private bool hasWaited; // for the reader: the stream may have let events go meanwhile
    private bool isCaughtUp;
    private bool isServerEnding;
    private ulong delivered; // how many messages of its consumer have arrived
    private int disconnections;
    private int opened; // the disconnections before its consumer was made
    private ulong pending; // what the server still had to send after the last message
    private string why = string.Empty;
    private string? refusal; // already reported, while it is not read

    public StreamReader(NatsBus bus, StoredSubscription subscription, TagFilter filter, NatsReadOptions read)
    {
        this.bus = bus;
        this.subscription = subscription;
        sites = new SiteFilter(read.Sites);
        isDurable = read.Durable is not null;
        position = new StreamPosition(bus, read, SubjectFilters.Find(sites, filter), sites, filter);
    }

    /// <summary>Opens the stream, and reads it from then on.</summary>
    /// <exception cref="NatsBusException">It cannot be read.</exception>
    public async Task StartAsync(CancellationToken token)
    {
        bus.Connection.ConnectionDisconnected += OnDisconnectedAsync;
        bus.SignInRefused += OnSignInRefused;
        var consumer = await position.OpenAsync(token).ConfigureAwait(false);
        Put(
            StreamState.Connected,
            TimeSpan.Zero,
            $"Reading the events of {sites} in the stream {bus.Options.Stream} at {bus.Options.ServerList}.{(position.IsNewDurable ? " The durable name is new there." : string.Empty)}"
        );
        if (position.Omitted is { } omitted)
        {
            subscription.Put(omitted);
        }

        NoteCaughtUp();
        _ = Task.Run(() => RunAsync(consumer), CancellationToken.None);
    }

    private async Task RunAsync(INatsJSConsumer? consumer)
    {
        try
        {
            while (!subscription.Stopped.IsCancellationRequested)
            {
                await ReadAsync(consumer!).ConfigureAwait(false);
                subscription.Stopped.ThrowIfCancellationRequested();
                if (!subscription.Options.Reconnect)
                {
                    subscription.End(
                        SubscriptionEndReason.BusClosed,
                        new NatsBusException(
                            NatsBusReason.Unreachable,
                            $"The stream {bus.Options.Stream} at {bus.Options.ServerList} is no longer read: {why}"
                        )
                    );
                    return;
                }

                consumer = await ReopenAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody listens any more.
        }
        catch (Exception e)
        {
            subscription.End(
                SubscriptionEndReason.BusClosed,
                e is SaltEventException ? e : NatsErrors.From(e, bus.Options, $"The stream {bus.Options.Stream} is no longer read", null)
            );
        }
        finally
        {
            bus.Connection.ConnectionDisconnected -= OnDisconnectedAsync;
            bus.SignInRefused -= OnSignInRefused;
        }
    }

    // Until the server has gone; why says how.
    private async Task ReadAsync(INatsJSConsumer consumer)
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(subscription.Stopped);
        reading = source;
        (delivered, pending) = (0, consumer.Info.NumPending);
        if (Volatile.Read(ref disconnections) != opened)
        {
            why = ConnectionLost;
            return;
        }

        why = "the server ended the delivery." + ServerKeepsEvents;
        var options = new NatsJSConsumeOpts
        {
            MaxMsgs = 512,
            Expires = TimeSpan.FromSeconds(30),
            IdleHeartbeat = StreamPosition.Heartbeat,
            NotificationHandler = async (notification, _) =>
            {
                why = Describe(notification) + ServerKeepsEvents;
                await source.CancelAsync().ConfigureAwait(false);
            },
        };
        try
        {
            await foreach (
                var message in consumer.ConsumeAsync(NatsRawSerializer<byte[]>.Default, options, source.Token).ConfigureAwait(false)
            )
            {
                if (!await TakeAsync(message).ConfigureAwait(false))
                {
                    break;
                }
            }
        }
        catch (NatsJSProtocolException e) when (e.HeaderCode == 409)
        {
            why = "its server has deleted the consumer of this command.";
            await position.CheckDurableAsync(subscription.Stopped).ConfigureAwait(false);
        }
        catch (NatsException e)
        {
            why = DisplayText.OneLine(e.Message).TrimEnd('.') + "." + ServerKeepsEvents;
        }
        catch (OperationCanceledException) when (!subscription.Stopped.IsCancellationRequested)
        {
            // A message from the server has ended it.
        }
        finally
        {
            reading = null;
        }
    }

    // False if the consumer is of no more use.
    private async ValueTask<bool> TakeAsync(INatsJSMsg<byte[]> message)
    {
        if (message.Metadata is not { } metadata)
        {
            return true;
        }

        if (metadata.Sequence.Consumer != ++delivered)
        {
            // The server has sent others that did not arrive, to a connection that was just lost for example. It does not send them again.
            why = "a message of the server did not arrive." + ServerKeepsEvents;
            return false;
        }

        if (metadata.Sequence.Stream <= lastRead)
        {
            return true; // for a durable name, an event that was read and not acknowledged
        }

        await CheckRemovedAsync(metadata).ConfigureAwait(false);
        (lastRead, pending) = (metadata.Sequence.Stream, metadata.NumPending);
        if (!StoredMessage.TryRead(message, isDurable ? message.ReplyTo : null, out var saltEvent))
        {
            subscription.PutMalformed(
                $"The message {lastRead} of the stream {bus.Options.Stream} is not an event of a relay: it starts with \"{TextSupport.Preview(message.Data ?? [])}\"."
            );
        }
        else if (sites.IsMatch(saltEvent!.Site!))
        {
            if (
                message.Headers?.TryGetValue(MessageHeaders.Relay, out var relay) == true
                && relays.Take(saltEvent.Site!, relay.ToString()) is { } gap
            )
            {
                subscription.Put(gap);
            }

            var put = subscription.PutAsync(saltEvent);
            hasWaited |= !put.IsCompleted;
            await put.ConfigureAwait(false);
        }

        NoteCaughtUp();
        return true;
    }

    private void Put(StreamState state, TimeSpan gap, string message) => subscription.Put(Status(state, gap, message));

    private static StreamStatus Status(StreamState state, TimeSpan gap, string message) =>
        new(state, DateTime.UtcNow, gap, DisplayText.OneLine(message));

    private async ValueTask OnDisconnectedAsync(object? sender, NatsEventArgs e)
    {
        Interlocked.Increment(ref disconnections);
        if (reading is { } source)
        {
            why = ConnectionLost;
            try
            {
                await source.CancelAsync().ConfigureAwait(false);
            }
            catch (ObjectDisposedException)
            {
                // It has just ended.
            }
        }
    }
}
