using System;
using System.Collections.Generic;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Client;

/// <summary>
/// One connection to a bus's pub socket. A background reader drains the socket always, whether or not anybody reads here,
/// into a bounded queue: a subscriber that leaves its socket full harms the bus. Safe for one reader at a time.
/// </summary>
public sealed class EventSubscription : IEventSource, IAsyncDisposable, IDisposable
{
    private readonly BusConnection connection;
    private readonly TagFilter filter;
    private readonly EventBusClientOptions options;
    private readonly Channel<SaltEvent> queue;
    private readonly CancellationTokenSource stop = new();
    private readonly Task pump;
    private SaltEvent? held;
    private long received;
    private long matched;
    private long dropped;
    private long malformed;
    private int endReason;
    private int disposed;

    private EventSubscription(BusConnection connection, TagFilter filter, EventBusClientOptions options)
    {
        this.connection = connection;
        this.filter = filter;
        this.options = options;
        queue = Channel.CreateBounded<SaltEvent>(
            new BoundedChannelOptions(options.QueueSize)
            {
                SingleWriter = true,
                SingleReader = false,
                FullMode = options.Overflow switch
                {
                    OverflowPolicy.DropOldest => BoundedChannelFullMode.DropOldest,
                    OverflowPolicy.DropNewest => BoundedChannelFullMode.DropWrite,
                    _ => BoundedChannelFullMode.Wait,
                },
            },
            _ => Interlocked.Increment(ref dropped));
        pump = Task.Run(() => PumpAsync(stop.Token));
    }

    /// <summary>How many events the bus has sent.</summary>
    public long Received => Interlocked.Read(ref received);

    /// <summary>How many of them passed the filter.</summary>
    public long Matched => Interlocked.Read(ref matched);

    /// <summary>How many matching events the full queue dropped.</summary>
    public long Dropped => Interlocked.Read(ref dropped);

    /// <summary>How many frames were no event.</summary>
    public long Malformed => Interlocked.Read(ref malformed);

    /// <summary>What the last of them looked like; null where there was none.</summary>
    public string? LastMalformed { get; private set; }

    /// <summary>How many events wait to be read.</summary>
    public int Queued => queue.Reader.Count;

    /// <summary>Why it has ended; events that arrived before can still be read.</summary>
    public SubscriptionEndReason EndReason => (SubscriptionEndReason)Volatile.Read(ref endReason);

    /// <summary>The error that ended it, where there was one.</summary>
    public Exception? EndCause { get; private set; }

    internal BusAddress Address => connection.Address;

    /// <summary>Takes the next event that has already arrived.</summary>
    public bool TryRead(out SaltEvent? saltEvent) => queue.Reader.TryRead(out saltEvent);

    /// <summary>Waits until an event can be read: true; or until the subscription has ended: false.</summary>
    public ValueTask<bool> WaitToReadAsync(CancellationToken token = default) => queue.Reader.WaitToReadAsync(token);

    /// <summary>Every event as it arrives, until the subscription is disposed.</summary>
    /// <exception cref="BusConnectionException">The bus went away.</exception>
    /// <exception cref="FrameFormatException">What the bus sends is no event stream.</exception>
    public async IAsyncEnumerable<SaltEvent> ReadAllAsync([EnumeratorCancellation] CancellationToken token = default)
    {
        while (await WaitToReadAsync(token).ConfigureAwait(false))
        {
            while (TryRead(out var saltEvent))
            {
                yield return saltEvent!;
            }
        }

        ThrowIfBroken();
    }

    /// <summary>Throws what ended the subscription, where its owner did not end it.</summary>
    /// <exception cref="BusConnectionException">The bus went away, or the queue overflowed.</exception>
    /// <exception cref="FrameFormatException">What the bus sends is no event stream.</exception>
    public void ThrowIfBroken()
    {
        switch (EndReason)
        {
            case SubscriptionEndReason.BusClosed:
                throw new BusConnectionException(Address, $"The event bus at {Address} went away.", EndCause);
            case SubscriptionEndReason.Overflow:
                throw new BusConnectionException(Address, $"The subscription at {Address} was ended: its queue was full.", EndCause);
            case SubscriptionEndReason.Malformed:
                throw EndCause!;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0)
        {
            End(SubscriptionEndReason.Disposed, null);
            stop.Cancel();
            connection.Dispose();
        }

        await pump.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Ends it as <see cref="OverflowPolicy.Disconnect"/> says, where the queue that was full is the owner's.</summary>
    internal void EndByOverflow()
    {
        End(SubscriptionEndReason.Overflow, null);
        stop.Cancel();
        connection.Dispose();
    }

    internal static async Task<EventSubscription> OpenAsync(BusAddress pub, TagFilter filter, EventBusClientOptions options, CancellationToken token)
    {
        var connection = await BusConnector.ConnectAsync(pub, options.ConnectTimeout, token).ConfigureAwait(false);
        return new EventSubscription(connection, filter, options);
    }

    private async Task PumpAsync(CancellationToken token)
    {
        try
        {
            var reader = new FrameReader(options.MaxFrameBytes);
            int count;
            while ((count = await connection.ReceiveAsync(reader.GetBuffer(), token).ConfigureAwait(false)) > 0)
            {
                reader.Advance(count);
                while (!TryEnqueueAll(reader))
                {
                    if (options.Overflow == OverflowPolicy.Disconnect)
                    {
                        End(SubscriptionEndReason.Overflow, null);
                        return;
                    }

                    await queue.Writer.WaitToWriteAsync(token).ConfigureAwait(false);
                }
            }

            End(SubscriptionEndReason.BusClosed, null);
        }
        catch (FrameFormatException e)
        {
            End(SubscriptionEndReason.Malformed, e);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            End(SubscriptionEndReason.BusClosed, e);
        }
        finally
        {
            connection.Dispose();
            queue.Writer.TryComplete();
        }
    }

    // False where the queue has no room and the policy drops nothing; the event that found none is held.
    private bool TryEnqueueAll(FrameReader reader)
    {
        if (held is not null && !queue.Writer.TryWrite(held))
        {
            return false;
        }

        held = null;
        while (reader.TryRead(out var body))
        {
            received++;
            var tagLength = EventCodec.TagLength(body);
            if (tagLength <= 0)
            {
                LastMalformed = new EventFormatException("there is no tag with a blank line after it", body).Message;
                malformed++;
                continue;
            }

            if (!filter.IsMatch(body.Slice(0, tagLength)))
            {
                continue;
            }

            matched++;
            var saltEvent = new SaltEvent(body.ToArray(), tagLength);
            if (!queue.Writer.TryWrite(saltEvent))
            {
                held = saltEvent;
                return false;
            }
        }

        return true;
    }

    // The first reason wins.
    private void End(SubscriptionEndReason reason, Exception? cause)
    {
        if (Interlocked.CompareExchange(ref endReason, (int)reason, (int)SubscriptionEndReason.None) == (int)SubscriptionEndReason.None)
        {
            EndCause = cause;
        }
    }
}
