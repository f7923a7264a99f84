using System;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Server;

/// <summary>
/// Sends a minion's <c>fire_master</c> events on to its master, in order. While the master is away they wait in a bounded
/// queue; Salt's minion drops them instead.
/// </summary>
internal sealed class MasterForwarder
{
    private readonly MasterForwarding forwarding;
    private readonly EventBusClient master;
    private readonly Channel<SaltEvent> queue;
    private readonly CancellationTokenSource stop = new();
    private readonly Task work;
    private long forwarded;
    private long dropped;
    private long unconfirmed;
    private long bytes; // of the envelopes in the queue
    private int sending; // events of the one envelope that is out of the queue

    public MasterForwarder(MasterForwarding forwarding)
    {
        this.forwarding = forwarding;
        master = new EventBusClient(
            forwarding.Master,
            new EventBusClientOptions
            {
                ConnectTimeout = forwarding.ConnectTimeout,
                Format = forwarding.Format,
                TagForm = forwarding.TagForm,
            }
        );
        queue = Channel.CreateBounded<SaltEvent>(
            new BoundedChannelOptions(forwarding.QueueSize) { FullMode = BoundedChannelFullMode.DropOldest },
            PushOut);
        work = Task.Run(() => RunAsync(stop.Token));
    }

    public long Forwarded => Interlocked.Read(ref forwarded);

    public long Dropped => Interlocked.Read(ref dropped);

    public long Unconfirmed => Interlocked.Read(ref unconfirmed);

    public int Queued => queue.Reader.Count + Volatile.Read(ref sending);

    /// <summary>Takes a <c>fire_master</c> event.</summary>
    public void Add(SaltEvent envelope)
    {
        Interlocked.Add(ref bytes, envelope.Body.Length);
        while (Interlocked.Read(ref bytes) > forwarding.QueueBytes && TryTake(out var oldest))
        {
            CountDropped(oldest);
        }

        queue.Writer.TryWrite(envelope);
    }

    /// <summary>Sends what waits, as far as the master takes it within <paramref name="wait"/>; the rest is dropped and counted.</summary>
    public async Task StopAsync(TimeSpan wait)
    {
        queue.Writer.Complete();
        await Task.WhenAny(work, Task.Delay(wait)).ConfigureAwait(false);
        stop.Cancel();
        await work.ConfigureAwait(false);
        Interlocked.Add(ref dropped, Interlocked.Exchange(ref sending, 0));
        while (TryTake(out var envelope))
        {
            CountDropped(envelope);
        }

        master.Dispose();
        stop.Dispose();
    }

    private bool TryTake([NotNullWhen(true)] out SaltEvent? envelope)
    {
        var isThere = queue.Reader.TryRead(out envelope);
        Interlocked.Add(ref bytes, -(envelope?.Body.Length ?? 0));
        return isThere;
    }

    private void PushOut(SaltEvent oldest)
    {
        Interlocked.Add(ref bytes, -oldest.Body.Length);
        CountDropped(oldest);
    }

    private void CountDropped(SaltEvent envelope) => Interlocked.Add(ref dropped, MinionEvents.Count(envelope));

    private async Task RunAsync(CancellationToken token)
    {
        try
        {
            while (await queue.Reader.WaitToReadAsync(token).ConfigureAwait(false))
            {
                // Out of the queue, which could drop it while it is sent; until then it counts as waiting.
                while (TryTake(out var envelope))
                {
                    Volatile.Write(ref sending, 1);
                    await TryForwardAsync(envelope, token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    // Whatever goes wrong with one envelope, the next ones are forwarded.
    private async Task TryForwardAsync(SaltEvent envelope, CancellationToken token)
    {
        try
        {
            await ForwardAsync(envelope, token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Interlocked.Add(ref dropped, Interlocked.Exchange(ref sending, 0));
        }
    }

    private async Task ForwardAsync(SaltEvent envelope, CancellationToken token)
    {
        Volatile.Write(ref sending, MinionEvents.Count(envelope));
        var stamp = new EventStamp(DateTime.UtcNow, forwarding.StampForm);
        foreach (var bodies in MinionEvents.Unwrap(envelope, forwarding.MinionId, stamp))
        {
            foreach (var body in bodies)
            {
                await SendAsync(body, token).ConfigureAwait(false);
            }

            Interlocked.Add(ref dropped, bodies.Count == 0 ? 1 : 0);
            Interlocked.Decrement(ref sending);
        }
    }

    private async Task SendAsync(byte[] body, CancellationToken token)
    {
        var backoff = new Backoff(forwarding.Master.Pull);
        while (true)
        {
            try
            {
                await master.FireBodyAsync(body, token).ConfigureAwait(false);
                Interlocked.Increment(ref forwarded);
                return;
            }
            catch (BusException e) when (e.Reason == BusReason.DeliveryUnknown)
            {
                Interlocked.Increment(ref unconfirmed);
                return;
            }
            catch (InvalidEventException)
            {
                Interlocked.Increment(ref dropped); // a tag that the master's version cannot carry
                return;
            }
            catch (SaltEventException)
            {
                await Task.Delay(backoff.Next(), token).ConfigureAwait(false);
            }
            finally
            {
                Interlocked.Add(ref unconfirmed, master.TakeUnconfirmedCount());
            }
        }
    }
}
