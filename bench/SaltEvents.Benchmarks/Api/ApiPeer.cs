using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using SaltEvents.Benchmarks.Events;

namespace SaltEvents.Benchmarks.Api;

/// <summary>
/// A process that plays salt-api and writes an event stream made beforehand as fast as a plain socket takes it, in chunks as
/// salt-api does: one for the tag, one for the data. Each "send N" on its standard input is N events.
/// </summary>
internal static class ApiPeer
{
    public const string Verb = "peer-api";

    /// <summary>So many events are made; then the sequence starts again.</summary>
    public const int Period = 10_000;

    private const string Login =
        """{"return": [{"token": "0000000000000000000000000000000000000000", "expire": 43200.0, "start": 0.0, "user": "joe", "eauth": "pam", "perms": []}]}""";
    private const string Welcome = """{"return": "Welcome", "clients": ["runner"]}""";

    public static int Run()
    {
        var events = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, Period).Select(Chunks)));
        var eventBytes = events.Length / Period;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Console.WriteLine($"ready http://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}");
        using var opened = new SemaphoreSlim(0);
        Socket? stream = null;
        new Thread(() => Accept(listener, socket =>
        {
            stream = socket;
            opened.Release();
        })) { IsBackground = true }.Start();
        while (Console.ReadLine() is { } line)
        {
            if (stream is null)
            {
                opened.Wait();
            }

            var count = int.Parse(line.AsSpan("send ".Length), CultureInfo.InvariantCulture);
            for (var sent = 0; sent < count; sent += Period)
            {
                stream!.Send(events.AsSpan(0, Math.Min(Period, count - sent) * eventBytes));
            }

            Console.WriteLine($"sent {count}");
        }

        return 0;
    }

    private static string Chunks(int sequence)
    {
        var jid = JobReturn.Tag(sequence).Split('/')[2];
        var data =
            $$"""data: {"data": {"cmd": "_return", "id": "web01", "success": true, "return": true, "retcode": 0, "jid": "{{jid}}", "fun": "{{JobReturn.Function}}", "fun_args": [], "user": "root", "_stamp": "2026-11-23T19:56:45.129038"}, "tag": "{{JobReturn.Tag(sequence)}}"}"""
            + "\n\n";
        var tag = $"tag: {JobReturn.Tag(sequence)}\n";
        return string.Create(CultureInfo.InvariantCulture, $"{tag.Length:x}\r\n{tag}\r\n{data.Length:x}\r\n{data}\r\n");
    }

    private static void Accept(TcpListener listener, Action<Socket> open)
    {
        while (true)
        {
            var socket = listener.AcceptSocket();
            socket.NoDelay = true;
            new Thread(() => Serve(socket, open)) { IsBackground = true }.Start();
        }
    }

    private static void Serve(Socket socket, Action<Socket> open)
    {
        var reader = new StreamReader(new NetworkStream(socket));
        while (reader.ReadLine() is { Length: > 0 } first)
        {
            var length = 0;
            while (reader.ReadLine() is { Length: > 0 } header)
            {
                length = header.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase)
                    ? int.Parse(header.AsSpan(16), CultureInfo.InvariantCulture)
                    : length;
            }

            reader.ReadBlock(new char[length]);
            if (first.StartsWith("GET /events", StringComparison.Ordinal))
            {
                socket.Send(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream;charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nretry: 400\n\r\n"u8
                );
                open(socket);
                return;
            }

            var body = first.StartsWith("POST /login", StringComparison.Ordinal) ? Login : Welcome;
            socket.Send(
                Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}")
            );
        }
    }
}
