using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading;
using SaltEvents.Core.Client;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Events;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;
using CoreEvent = SaltEvents.Core.Events.SaltEvent;

namespace SaltEvents.Tests;

/// <summary>
/// The far side of a bus: a listener and a sender that have nothing to do with PowerShell. Make it after a Shell, which loads what it
/// stands on.
/// </summary>
internal sealed class RawBusClient : IDisposable
{
    private readonly EventBusClient client;
    private readonly Lazy<EventSubscription> subscription;

    private RawBusClient(BusEndpoint endpoint)
    {
        client = new EventBusClient(endpoint);
        subscription = new Lazy<EventSubscription>(() => client.SubscribeAsync().GetAwaiter().GetResult());
    }

    /// <summary>Listens from now on.</summary>
    public static RawBusClient Listen(string directory, string? minionId = null)
    {
        var wire = To(directory, minionId);
        _ = wire.subscription.Value;
        return wire;
    }

    /// <summary>Only sends.</summary>
    public static RawBusClient To(string directory, string? minionId = null) =>
        new(minionId is null ? SocketNames.Master(directory) : SocketNames.Minion(directory, minionId));

    public static RawBusClient To(int pub, int pull) =>
        new(new BusEndpoint(new TcpBusAddress("127.0.0.1", pub), new TcpBusAddress("127.0.0.1", pull)));

    /// <summary>Writes the frames of a recording to a master's bus, byte for byte, and returns the lines that describe them.</summary>
    public static JsonElement[] SendRecorded(string directory, string name)
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "vectors", name + ".jsonl"))
            .Select(l => JsonDocument.Parse(l).RootElement)
            .ToArray();
        using var raw = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        raw.Connect(new UnixDomainSocketEndPoint(directory + "/master_event_pull.ipc"));
        Array.ForEach(lines, l => raw.Send(l.GetProperty("frame").GetBytesFromBase64()));
        return lines;
    }

    /// <summary>The next event on the bus.</summary>
    public CoreEvent Next()
    {
        using var limit = new CancellationTokenSource(Until.Limit);
        var source = subscription.Value;
        CoreEvent? next;
        while (!source.TryRead(out next))
        {
            if (!source.WaitToReadAsync(limit.Token).AsTask().GetAwaiter().GetResult())
            {
                throw new EndOfStreamException("The bus went away.");
            }
        }

        return next!;
    }

    /// <summary>The next event's payload.</summary>
    public PayloadMap NextPayload() => (PayloadMap)Next().Fields.Decode()!;

    /// <summary>Everything up to a marker that is sent now: what is not in it was not sent before.</summary>
    public IReadOnlyList<CoreEvent> All()
    {
        const string marker = "end/of/test";
        Send(marker);
        var all = new List<CoreEvent>();
        for (var next = Next(); next.Tag != marker; next = Next())
        {
            all.Add(next);
        }

        return all;
    }

    public void Send(string tag, params (object? Key, object? Value)[] payload) =>
        client.FireAsync(tag, PayloadExtensions.Map(payload)).GetAwaiter().GetResult();

    /// <summary>Fires a tag with bytes that need not be msgpack.</summary>
    public void SendBytes(string tag, params byte[] payload) => SendBody([.. System.Text.Encoding.UTF8.GetBytes(tag + "\n\n"), .. payload]);

    public void SendBody(byte[] body) => client.FireBodyAsync(body).AsTask().GetAwaiter().GetResult();

    /// <summary>Waits until the bus has read all that was sent: what is still in its socket when it stops is lost.</summary>
    public void Complete()
    {
        if (!client.CompleteAsync(Until.Limit).GetAwaiter().GetResult())
        {
            throw new TimeoutException("The bus did not read what was sent.");
        }
    }

    public void Dispose()
    {
        if (subscription.IsValueCreated)
        {
            subscription.Value.Dispose();
        }

        client.Dispose();
    }
}
