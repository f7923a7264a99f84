using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Tests.Master;

/// <summary>
/// Salt's request server in its WebSocket transport, with TLS where it has a certificate. An answer goes out in two parts of one message.
/// </summary>
internal sealed class WebSocketFakeServer : FakeMasterServer
{
    private readonly TcpListener listener;
    private readonly Func<byte[], byte[]?> answer;
    private readonly SslServerAuthenticationOptions? tls;
    private readonly ConcurrentBag<TcpClient> clients = [];
    private readonly Task<List<Task>> accepting;

    private WebSocketFakeServer(TcpListener listener, Func<byte[], byte[]?> answer, SslServerAuthenticationOptions? tls)
        : base(new TcpBusAddress(TcpBusAddress.Loopback, ((IPEndPoint)listener.LocalEndpoint).Port))
    {
        this.listener = listener;
        this.answer = answer;
        this.tls = tls;
        accepting = AcceptAsync();
    }

    /// <summary>The subjects of the certificates that clients have shown.</summary>
    public ConcurrentQueue<string> Shown { get; } = new();

    /// <summary>What was asked for: the first line of each request.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Sends text in place of bytes.</summary>
    public bool AnswersWithText { get; set; }

    public static WebSocketFakeServer Open(Func<byte[], byte[]?> answer, X509Certificate2? certificate = null)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new WebSocketFakeServer(listener, answer, certificate is null ? null : new SslServerAuthenticationOptions
        {
            ServerCertificate = certificate,
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
        });
    }

    public override async ValueTask DisposeAsync()
    {
        listener.Dispose();
        var serving = await accepting;
        foreach (var client in clients)
        {
            client.Dispose();
        }

        await Task.WhenAll(serving);
    }

    private async Task<List<Task>> AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync();
                client.NoDelay = true;
                clients.Add(client);
                serving.Add(Task.Run(() => ServeAsync(client)));
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            return serving;
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            Stream stream = client.GetStream();
            if (tls is not null)
            {
                var secure = new SslStream(stream);
                await secure.AuthenticateAsServerAsync(tls);
                Shown.Enqueue(secure.RemoteCertificate?.Subject ?? string.Empty);
                stream = secure;
            }

            await GreetAsync(stream);
            using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
            await AnswerAsync(socket);
        }
        catch (Exception e)
            when (e
                    is IOException
                        or SocketException
                        or ObjectDisposedException
                        or InvalidOperationException
                        or WebSocketException
                        or AuthenticationException
                        or OperationCanceledException
            )
        {
            // The other end, or the test, has closed it.
        }

        client.Dispose();
    }

    private async Task GreetAsync(Stream stream)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (!Encoding.ASCII.GetString(head.ToArray()).EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one);
            head.Add(one[0]);
        }

        var lines = Encoding.ASCII.GetString(head.ToArray()).Split("\r\n");
        Requests.Enqueue(lines[0]);
        var key = Array.Find(lines, l => l.StartsWith("Sec-WebSocket-Key: ", StringComparison.OrdinalIgnoreCase))![
            "Sec-WebSocket-Key: ".Length..
        ];
#pragma warning disable CA5350 // RFC 6455 has it so.
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
            )
        );
    }

    private async Task AnswerAsync(WebSocket socket)
    {
        var buffer = new byte[4096];
        while (true)
        {
            var question = new List<byte>();
            WebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(new ArraySegment<byte>(buffer), CancellationToken.None);
                question.AddRange(buffer[..part.Count]);
            }
            while (!part.EndOfMessage);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return;
            }

            if (answer([.. question]) is { } bytes)
            {
                var type = AnswersWithText ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
                await socket.SendAsync(
                    new ArraySegment<byte>(bytes, 0, bytes.Length / 2),
                    type,
                    endOfMessage: false,
                    CancellationToken.None
                );
                await socket.SendAsync(
                    new ArraySegment<byte>(bytes, bytes.Length / 2, bytes.Length - (bytes.Length / 2)),
                    type,
                    endOfMessage: true,
                    CancellationToken.None
                );
            }
        }
    }
}
