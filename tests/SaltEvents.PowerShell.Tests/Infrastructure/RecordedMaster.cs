using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using SaltEvents.Core.Events;
using static SaltEvents.Tests.PayloadExtensions;

namespace SaltEvents.Tests;

/// <summary>
/// A master's request server over TCP that answers as the test says, with the configuration and key file of a master and the keys of
/// a minion in one directory. What happens on the wire is the business of the tests of Core.
/// </summary>
internal sealed class RecordedMaster : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Func<PayloadMap, object?> answer;
    private readonly Func<byte[], PayloadMap> open;
    private readonly Task serving;

    /// <summary>Answers loads, the sealed ones once they are opened; null is silence.</summary>
    public RecordedMaster(string directory, Func<PayloadMap, object?> answer, Func<byte[], PayloadMap>? open = null)
    {
        this.answer = answer;
        this.open = open ?? (_ => throw new InvalidOperationException("This master opens nothing."));
        listener.Start();
        serving = ServeAsync();
        File.WriteAllText(
            Path.Combine(directory, "master"),
            $"interface: 127.0.0.1\nret_port: {Port}\ntransport: tcp\nuser: root\ncachedir: {directory}\nsock_dir: {directory}\n"
        );
        File.WriteAllText(
            Path.Combine(directory, "minion"),
            $"id: web1\nmaster: [127.0.0.1, '127.0.0.1:1']\nmaster_port: {Port}\ntransport: tcp\npki_dir: {directory}\nsock_dir: {directory}\n"
        );
        File.WriteAllText(Path.Combine(directory, ".root_key"), "the-key-of-root");
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public ConcurrentQueue<PayloadMap> Loads { get; } = new();

    public static PayloadMap Published(params string[] minions) =>
        Map(("enc", "clear"), ("load", Map(("jid", "20261124120000000001"), ("minions", minions), ("missing", Array.Empty<object>()))));

    public static byte[] Pack(PayloadMap map) => EventCodec.Encode("t", map, null)["t\n\n".Length..];

    public void Dispose()
    {
        listener.Dispose();
        serving.GetAwaiter().GetResult();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                try
                {
                    await ServeAsync(client.GetStream());
                }
                catch (IOException)
                {
                    // The command was stopped, and its connection reset.
                }
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // Closed.
        }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        var received = new List<byte>("t\n\n"u8.ToArray());
        var buffer = new byte[65536];
        int count;
        while ((count = await stream.ReadAsync(buffer)) > 0)
        {
            received.AddRange(buffer[..count]);
            var fields = EventCodec.Decode(received.ToArray()).Fields;
            if (!fields.IsMap)
            {
                continue; // not all of it yet
            }

            received.RemoveRange(3, received.Count - 3);
            var frame = (PayloadMap)fields.Decode()!;
            var asked = ((PayloadMap)frame["body"]!)["load"]!;
            var load = asked as PayloadMap ?? open((byte[])asked);
            Loads.Enqueue(load);
            if (answer(load) is { } body)
            {
                await stream.WriteAsync(Pack(Map(("head", frame["head"]), ("body", body))));
            }
        }
    }
}
