using System;
using System.Collections.Generic;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Server;

/// <summary>One connection to the pull socket: reads frames and gives their bodies to the hub, undecoded and in order.</summary>
internal sealed class PullSession(BusConnection connection, SubscriberHub hub, PullCounters counters, EventBusServerOptions options, MasterForwarder? forwarder)
{
    private readonly BusProtocol protocol = options.Listen.Protocol;
    private readonly bool isFramed = options.Listen.Protocol.IsFramed;
    private readonly SemaphoreSlim reading = new(1, 1);
    private FrameReader? reader; // made for the first bytes: a sender that says nothing costs no buffer
    private volatile bool isBroken;

    /// <summary>Runs until the sender ends or sends what is no event, or the bus stops.</summary>
    /// <param name="stop">Ends the wait for more: what has arrived is still relayed.</param>
    /// <param name="end">Ends that too.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken end)
    {
        try
        {
            while (await WaitAsync(stop, end).ConfigureAwait(false))
            {
                var count = await RelayArrivedAsync().ConfigureAwait(false);
                if (isBroken || (count == 0 && (stop.IsCancellationRequested || connection.Look() is PeerState.Closed or PeerState.Reset)))
                {
                    break;
                }
            }

            CountCutOff(stop);
        }
        catch (FrameFormatException)
        {
            counters.AddMalformed(); // a message of ZeroMQ that no Salt sends
        }
        catch (SocketException)
        {
            CountCutOff(stop);
        }
        catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException)
        {
            // The bus stops. On .NET Framework the wait for bytes ends only with its socket.
        }
        finally
        {
            // After the last publish: a sender that waits for our end knows that its events are on the bus.
            connection.Dispose();
        }
    }

    /// <summary>Relays what has arrived by now. Never throws: what is wrong with the connection is seen by <see cref="RunAsync"/>.</summary>
    public async Task CatchUpAsync()
    {
        try
        {
            if (connection.Available > 0 || reading.CurrentCount == 0)
            {
                await RelayArrivedAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or FrameFormatException)
        {
            // It has ended.
        }
    }

    // False once the bus's time to stop is over.
    private async ValueTask<bool> WaitAsync(CancellationToken stop, CancellationToken end)
    {
        try
        {
            await connection.WaitForBytesAsync(stop).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!end.IsCancellationRequested)
        {
            return true;
        }
    }

    private async Task<int> RelayArrivedAsync()
    {
        await reading.WaitAsync().ConfigureAwait(false);
        try
        {
            var relayed = 0;
            var left = int.MaxValue;
            while (left > 0 && !isBroken)
            {
                reader ??= new FrameReader(options.MaxFrameBytes);
                var room = reader.GetBuffer();
                var count = connection.ReceiveArrived(room);
                if (count == 0)
                {
                    break;
                }

                relayed += count;
                isBroken = !await RelayAsync(reader, count).ConfigureAwait(false);
                // A read that leaves room has taken all. Else what is there now and no more: a sender that never pauses must not
                // hold up those who wait for this.
                left = count < room.Count ? 0 : left == int.MaxValue ? connection.Available : left - count;
            }

            if (isBroken)
            {
                connection.Dispose(); // ends the wait for more, which may have begun
            }

            return relayed;
        }
        finally
        {
            reading.Release();
        }
    }

    // Cut off in the middle of a frame; not where it is the bus that ends.
    private void CountCutOff(CancellationToken stop)
    {
        if (!isBroken && reader is { Pending: > 0 } && !stop.IsCancellationRequested)
        {
            counters.AddMalformed();
        }
    }

    // False after a frame that is no event: what follows it on this connection cannot be trusted.
    private async Task<bool> RelayAsync(FrameReader reader, int count)
    {
        reader.Advance(count);
        counters.AddBytes(isFramed ? count : 0); // of messages, each is counted by itself
        FrameBatch? batch = null;
        List<SaltEvent>? forMaster = null;
        var good = Fill(reader, ref batch, ref forMaster);
        if (batch is not null)
        {
            counters.AddEvents(batch.Count);
            await hub.PublishAsync(batch).ConfigureAwait(false);
        }

        forMaster?.ForEach(forwarder!.Add);
        return good;
    }

    private bool Fill(FrameReader reader, ref FrameBatch? batch, ref List<SaltEvent>? forMaster)
    {
        while (reader.TryRead(out var body))
        {
            if (!isFramed)
            {
                counters.AddBytes(body.Length);
            }

            if (!protocol.TryFindTag(body, out var tagLength, out var payloadOffset) || (options.Accepts is { } only && only != reader.Format))
            {
                counters.AddMalformed();
                if (isFramed)
                {
                    return false;
                }

                // What follows a message has nothing to do with it, and Salt's own publisher passes on whatever it gets.
            }

            // Only where a frame is complete: a long one arrives in many reads. What is pending then fits as well.
            batch ??= new FrameBatch(FrameWriter.MaxFrameLength(body.Length + reader.Pending));
            batch.Add(body, options.Format, options.BodyType);
            if (forwarder is not null && tagLength > 0 && FireMasterEvent.IsTag(body.Slice(0, tagLength)))
            {
                (forMaster ??= []).Add(SaltEvent.From(body, tagLength, payloadOffset));
            }
        }

        if (reader.Problem is not null)
        {
            counters.AddMalformed();
        }

        return reader.Problem is null;
    }
}
