using System;
using System.Collections.Generic;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Connections;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Protocols;

namespace SaltEvents.Core.Server;

/// <summary>One connection to the pull socket: reads frames and gives their bodies to the hub, undecoded and in order.</summary>
internal sealed class PullSession(
    FrameConnection connection,
    SubscriberHub hub,
    PullCounters counters,
    EventBusServerOptions options,
    MasterForwarder? forwarder
)
{
    private readonly BusProtocol protocol = options.Listen.Protocol;
    private readonly SemaphoreSlim reading = new(1, 1);
    private volatile bool isBroken;

    /// <summary>Runs until the sender ends or sends what is not an event, or the bus stops.</summary>
    /// <param name="stop">Ends the wait for more: what has arrived is still relayed.</param>
    /// <param name="end">Ends that too.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken end)
    {
        try
        {
            while (await WaitAsync(stop, end).ConfigureAwait(false))
            {
                var relayed = await RelayArrivedAsync().ConfigureAwait(false);
                if (isBroken || connection.End is not null || (relayed == 0 && stop.IsCancellationRequested))
                {
                    break;
                }
            }

            if (!isBroken && !connection.Unread.IsEmpty && !stop.IsCancellationRequested)
            {
                counters.AddMalformed(); // cut off by its sender's end
            }
        }
        catch (OperationCanceledException)
        {
            // The bus stops. On .NET Framework the wait for bytes ends only with its socket.
        }
        finally
        {
            // After the last publish: a sender that waits for our end knows that its events are on the bus.
            connection.Dispose();
        }
    }

    /// <summary>Relays what has arrived by now. What is wrong with the connection is seen by <see cref="RunAsync"/>.</summary>
    public async Task CatchUpAsync()
    {
        if (connection.Available > 0 || reading.CurrentCount == 0)
        {
            await RelayArrivedAsync().ConfigureAwait(false);
        }
    }

    // False once the bus's time to stop is over.
    private async ValueTask<bool> WaitAsync(CancellationToken stop, CancellationToken end)
    {
        try
        {
            await connection.WaitAsync(stop).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!end.IsCancellationRequested)
        {
            return true;
        }
    }

    // Returns how many bytes there were.
    private async Task<int> RelayArrivedAsync()
    {
        await reading.WaitAsync().ConfigureAwait(false);
        try
        {
            // What is there now, with the rest of its last event as far as that follows without a pause, and no more: a sender that
            // never pauses must not hold up the other senders.
            var relayed = 0;
            var arrived = connection.Available;
            for (var isRest = false; !isBroken; isRest = relayed >= arrived)
            {
                var count = connection.FillArrived();
                counters.AddBytes(count);
                relayed += count;
                var events = await RelayFilledAsync().ConfigureAwait(false);
                if (count == 0 || (relayed >= arrived && (connection.Unread.IsEmpty || (isRest && events > 0))))
                {
                    break;
                }
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

    // Returns how many events there were.
    private async Task<int> RelayFilledAsync()
    {
        FrameBatch? batch = null;
        List<SaltEvent>? forMaster = null;
        Collect(ref batch, ref forMaster);
        if (batch is not null)
        {
            counters.AddEvents(batch.Count);
            await hub.PublishAsync(batch).ConfigureAwait(false);
        }

        forMaster?.ForEach(forwarder!.Add);
        if (connection.End?.Reason == ConnectionEndReason.Malformed)
        {
            isBroken = true;
            counters.AddMalformed();
        }

        return batch?.Count ?? 0;
    }

    private void Collect(ref FrameBatch? batch, ref List<SaltEvent>? forMaster)
    {
        while (connection.TryRead(out var body))
        {
            if (
                !protocol.TryFindTag(body, out var tagLength, out var payloadOffset)
                || (options.Accepts is { } only && only != connection.Format)
            )
            {
                counters.AddMalformed();
                // After a frame that is not an event, what follows it on the connection cannot be trusted. What follows a message has
                // nothing to do with it, and Salt's own publisher passes on whatever it gets.
                isBroken = protocol.IsFramed;
                if (isBroken)
                {
                    return;
                }
            }

            // Only if a frame is complete: a long one arrives in many reads. What is left then fits as well.
            batch ??= new FrameBatch(FrameWriter.MaxFrameLength(body.Length + connection.Unread.Length));
            protocol.Write(batch, body, options.Format);
            if (forwarder is not null && tagLength > 0 && FireMasterEvent.IsTag(body.Slice(0, tagLength)))
            {
                (forMaster ??= []).Add(SaltEvent.From(body, tagLength, payloadOffset));
            }
        }
    }
}
