#nullable enable
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;

namespace SaltEvents.Tests;

/// <summary>One connection to a stand-in for salt-api.</summary>
public sealed class FakeApiConnection(TcpClient client, Stream stream) : IDisposable
{
    private const byte TlsHandshake = 0x16;
    private readonly object sync = new();
    private readonly TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Closed => closed.Task;

    public async Task<FakeApiRequest?> ReadRequestAsync()
    {
        var head = await ReadHeadAsync();
        if (head is null)
        {
            return null;
        }

        var lines = head.Split("\r\n");
        var first = lines[0].Split(' ');
        var headers = lines
            .Skip(1)
            .Where(l => l.Length > 0)
            .Select(l => l.Split(": ", 2))
            .ToDictionary(l => l[0], l => l[1], StringComparer.OrdinalIgnoreCase);
        var body = new byte[headers.TryGetValue("Content-Length", out var length) ? int.Parse(length, CultureInfo.InvariantCulture) : 0];
        await stream.ReadExactlyAsync(body);
        return new FakeApiRequest(first[0], first[1], headers, Encoding.UTF8.GetString(body));
    }

    public void Send(string text) => Send(Encoding.UTF8.GetBytes(text));

    public void Send(byte[] bytes)
    {
        lock (sync)
        {
            stream.Write(bytes);
        }
    }

    public void SendChunks(params string[] chunks)
    {
        var text = new StringBuilder();
        foreach (var chunk in chunks)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(chunk):x}\r\n{chunk}\r\n");
        }

        try
        {
            Send(text.ToString());
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The client has gone.
        }
    }

    /// <summary>Notices when the client closes its end.</summary>
    public void WatchEnd() => _ = Task.Run(async () =>
    {
        try
        {
            _ = await stream.ReadAsync(new byte[1]);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It has gone.
        }

        Dispose();
    });

    public void Dispose()
    {
        client.Dispose();
        closed.TrySetResult();
    }

    private async Task<string?> ReadHeadAsync()
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one) > 0)
        {
            if (head.Count == 0 && one[0] == TlsHandshake)
            {
                Send("HTTP/1.1 400 Bad Request\r\nContent-Length: 22\r\nContent-Type: text/plain\r\n\r\nMalformed Request-Line");
                return null;
            }

            head.Add(one[0]);
            if (head.Count >= 4 && head[^1] == '\n' && head[^2] == '\r' && head[^3] == '\n')
            {
                return Encoding.UTF8.GetString(head.ToArray(), 0, head.Count - 4);
            }
        }

        return null;
    }
}
