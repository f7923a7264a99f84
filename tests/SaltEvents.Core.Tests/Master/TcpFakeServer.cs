using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Tests.Master;

/// <summary>Salt's request server in its TCP transport. An answer goes out in two pieces, after an answer that nobody asked for.</summary>
internal sealed class TcpFakeServer : FakeMasterServer
{
    private readonly TcpListener listener;
    private readonly Func<byte[], byte[]?> answer;
    private readonly List<Task> connections = [];
    private readonly List<TcpClient> clients = [];
    private readonly Task accepting;

    private TcpFakeServer(TcpListener listener, Func<byte[], byte[]?> answer)
        : base(new TcpBusAddress(TcpBusAddress.Loopback, ((IPEndPoint)listener.LocalEndpoint).Port))
    {
        this.listener = listener;
        this.answer = answer;
        accepting = AcceptAsync();
    }

    public static TcpFakeServer Open(Func<byte[], byte[]?> answer)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new TcpFakeServer(listener, answer);
    }

    public override async ValueTask DisposeAsync()
    {
        listener.Dispose();
        await accepting;
        clients.ForEach(c => c.Dispose());
        await Task.WhenAll(connections);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync();
                client.NoDelay = true; // an answer in pieces would wait for acknowledgements
                clients.Add(client);
                connections.Add(ServeAsync(client));
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // Closed.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        var received = new List<byte>();
        var buffer = new byte[4096];
        try
        {
            var stream = client.GetStream();
            int count;
            while ((count = await stream.ReadAsync(buffer)) > 0)
            {
                received.AddRange(buffer[..count]);
                if (!MessagePackWalker.TryMeasure(received.ToArray(), out _))
                {
                    continue;
                }

                var frame = (PayloadMap)PayloadDecoder.Decode(received.ToArray())!;
                received.Clear();
                if (answer(Pack(frame["body"])) is { } bytes)
                {
                    await AnswerAsync(stream, (string)((PayloadMap)frame["head"]!)["mid"]!, bytes);
                }
            }
        }
        catch (Exception e) when (e is System.IO.IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The other end, or the test, has closed it.
        }
    }

    private static async Task AnswerAsync(NetworkStream stream, string id, byte[] bytes)
    {
        var decoy = Frame("nobody's", Pack(new PayloadMap { { "load", "decoy" } }));
        await stream.WriteAsync(decoy);
        var frame = Frame(id, bytes);
        await stream.WriteAsync(frame.AsMemory(0, frame.Length / 2));
        await stream.FlushAsync();
        await stream.WriteAsync(frame.AsMemory(frame.Length / 2));
    }

    private static byte[] Frame(string id, byte[] body)
    {
        var head = Pack(new PayloadMap { { "head", new PayloadMap { { "mid", id } } } });
        head[0] = 0x82; // a map of two entries: head, and the body that follows
        return [.. head, .. Pack("body"), .. body];
    }

    private static byte[] Pack(object? value)
    {
        var output = new ByteBuffer();
        PayloadEncoder.Write(output, value);
        return output.ToArray();
    }
}
