using System;
using System.Collections.Generic;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Server;

/// <summary>One connection to the pull socket: reads frames and gives their bodies to the hub, undecoded and in order.</summary>
internal sealed class PullSession(BusConnection connection, SubscriberHub hub, PullCounters counters, EventBusServerOptions options, MasterForwarder? forwarder)
{
    /// <summary>Runs until the sender ends or sends what is no event, or the bus stops.</summary>
    /// <param name="stop">Ends the wait for more: what has arrived is still relayed.</param>
    /// <param name="end">Ends that too.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken end)
    {
        var reader = new FrameReader(options.MaxFrameBytes);
        try
        {
            int count;
            var good = true;
            while (good && (count = await ReceiveAsync(reader.GetBuffer(), stop, end).ConfigureAwait(false)) > 0)
            {
                good = await RelayAsync(reader, count).ConfigureAwait(false);
            }

            if (good && reader.Pending > 0 && !stop.IsCancellationRequested)
            {
                counters.AddMalformed(); // cut off in the middle of a frame
            }
        }
        catch (FrameFormatException)
        {
            counters.AddMalformed(); // a message of ZeroMQ that no Salt sends
        }
        catch (SocketException)
        {
            if (reader.Pending > 0)
            {
                counters.AddMalformed();
            }
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

    private async ValueTask<int> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken stop, CancellationToken end)
    {
        try
        {
            return await connection.ReceiveAsync(buffer, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!end.IsCancellationRequested)
        {
            return connection.ReceiveArrived(buffer);
        }
    }

    // False after a frame that is no event: what follows it on this connection cannot be trusted.
    private async Task<bool> RelayAsync(FrameReader reader, int count)
    {
        reader.Advance(count);
        counters.AddBytes(options.IsZeroMq ? 0 : count); // of messages, each is counted by itself
        FrameBatch? batch = null;
        List<byte[]>? forMaster = null;
        var good = Fill(reader, ref batch, ref forMaster);
        if (batch is not null)
        {
            counters.AddEvents(batch.Count);
            await hub.PublishAsync(batch).ConfigureAwait(false);
        }

        forMaster?.ForEach(forwarder!.Add);
        return good;
    }

    private bool IsEvent(ReadOnlySpan<byte> body, FrameFormat format)
    {
        if (options.IsZeroMq)
        {
            counters.AddBytes(body.Length);
            return TagForms.TryFind(body, out _, out _);
        }

        return EventCodec.TagLength(body) > 0 && (options.Accepts is not { } only || format == only);
    }

    private bool Fill(FrameReader reader, ref FrameBatch? batch, ref List<byte[]>? forMaster)
    {
        try
        {
            while (reader.TryRead(out var body))
            {
                if (!IsEvent(body, reader.Format))
                {
                    counters.AddMalformed();
                    if (options.IsZeroMq)
                    {
                        continue; // what follows a message has nothing to do with it
                    }

                    return false;
                }

                // Only where a frame is complete: a long one arrives in many reads. What is pending then fits as well.
                batch ??= new FrameBatch(FrameWriter.MaxFrameLength(body.Length + reader.Pending));
                batch.Add(body, options.Format, options.BodyType);
                if (forwarder is not null && MasterEnvelope.TryFind(body, options.IsZeroMq, out var envelope))
                {
                    (forMaster ??= []).Add(envelope);
                }
            }

            return true;
        }
        catch (FrameFormatException)
        {
            counters.AddMalformed();
            return false;
        }
    }
}
