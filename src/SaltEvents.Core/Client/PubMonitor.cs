using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Connections;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Protocols;

namespace SaltEvents.Core.Client;

/// <summary>Reads all that a pub socket sends, keeps none of it, and tells what it shows: the dialect, and when awaited tags come.</summary>
internal sealed class PubMonitor : IDisposable
{
    private readonly FrameConnection connection;
    private readonly BusProtocol protocol;
    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource<SaltEventDialect> first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<long>> awaited = new(StringComparer.Ordinal);
    private readonly Task pump;
    private volatile bool ended;

    public PubMonitor(FrameConnection connection, BusProtocol protocol)
    {
        this.connection = connection;
        this.protocol = protocol;
        if (!protocol.IsFramed)
        {
            first.TrySetResult(SaltEventDialect.ZeroMQ); // the peer has shown it already
        }

        pump = Task.Run(PumpAsync);
    }

    /// <summary>The dialect of what came first; <see cref="SaltEventDialect.NoneSeen"/> where the connection ended before.</summary>
    public Task<SaltEventDialect> First => first.Task;

    /// <summary>What came that was no event frame; null where there was no such thing.</summary>
    public FrameFormatException? Foreign { get; private set; }

    /// <summary>Completes with the stopwatch's timestamp when an event with that tag comes; cancelled where none can come any more.</summary>
    public Task<long> Expect(string tag)
    {
        var arrival = awaited.GetOrAdd(tag, _ => new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously));
        if (ended)
        {
            arrival.TrySetCanceled();
        }

        return arrival.Task;
    }

    public void Dispose()
    {
        stop.Cancel();
        connection.Dispose();
        pump.GetAwaiter().GetResult();
        stop.Dispose();
    }

    private async Task PumpAsync()
    {
        try
        {
            while (await connection.FillAsync(stop.Token).ConfigureAwait(false))
            {
                Take();
            }

            if (connection.End is { Reason: ConnectionEndReason.Malformed, Cause: FrameFormatException e })
            {
                Foreign = e;
                first.TrySetResult(e.IsZeroMq ? SaltEventDialect.ZeroMQ : SaltEventDialect.Foreign);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
        finally
        {
            ended = true;
            first.TrySetResult(SaltEventDialect.NoneSeen);
            foreach (var arrival in awaited.Values)
            {
                arrival.TrySetCanceled();
            }
        }
    }

    private void Take()
    {
        while (connection.TryRead(out var body))
        {
            var now = Stopwatch.GetTimestamp();
            first.TrySetResult(connection.Format == FrameFormat.Map ? SaltEventDialect.Map : SaltEventDialect.LengthPrefixed);
            if (protocol.TryFindTag(body, out var tagLength, out _) && awaited.TryGetValue(TextSupport.Utf8(body.Slice(0, tagLength)), out var arrived))
            {
                arrived.TrySetResult(now);
            }
        }
    }
}
