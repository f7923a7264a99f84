using System;
using System.Globalization;
using System.IO;
using System.Net.Security;
using System.Threading;
using System.Threading.Tasks;
using NATS.Client.Core;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Nats.JetStream;

/// <summary>
/// One connection to a server. What the server says is handed to the client in whole lines: the client takes an endless one into memory,
/// and an error that repeats the password into its exceptions.
/// </summary>
internal sealed class ServerConnection(Stream stream, string server, NatsSecrets secrets, Action<IOException> onRefused) : INatsSocketConnection
{
    // Far more than any line: the longest is INFO, which names all servers of a cluster.
    private const int MaxLine = 256 * 1024;
    private const int WordLength = 5;
    private const int LineEnd = 2;
    private readonly Stream network = stream;
    private Stream stream = stream;
    private byte[] buffer = new byte[64 * 1024];
    private int start;
    private int end;
    private int passable; // how many bytes from start on the client may have
    private long payload; // how many bytes of a message are still to come
    private volatile IOException? problem;

    /// <summary>Waits for the first line of the server.</summary>
    /// <returns>Its JSON. The client gets the line too.</returns>
    /// <exception cref="IOException">It is no NATS server.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadInfoAsync(CancellationToken token)
    {
        while (!Examine())
        {
            if (!await FillAsync(token).ConfigureAwait(false))
            {
                throw Refused("closed the connection before it said what it is");
            }
        }

        var line = buffer.AsMemory(0, FirstLine);
        return line.Span.StartsWith("INFO "u8) ? line.Slice(WordLength) : throw NoNats(line.Span);
    }

    /// <summary>Goes on with TLS.</summary>
    public async Task EncryptAsync(SslClientAuthenticationOptions options, CancellationToken token)
    {
        if (end > FirstLine)
        {
            throw Refused("sent more before the connection was encrypted"); // anybody on the way may have added it
        }

        var encrypted = new SslStream(stream);
        stream = encrypted;
        await encrypted.AuthenticateAsClientAsync(options, token).ConfigureAwait(false);
    }

    /// <summary>Ends the connection: the client cannot read what has come.</summary>
    public void Refuse(IOException reason)
    {
        if (problem is null)
        {
            problem = reason;
            onRefused(reason);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        while (!Examine())
        {
            if (!await FillAsync(CancellationToken.None).ConfigureAwait(false))
            {
                return 0;
            }
        }

        var count = Math.Min(passable, buffer.Length);
        this.buffer.AsMemory(start, count).CopyTo(buffer);
        start += count;
        passable -= count;
        return count;
    }

    /// <inheritdoc/>
    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> buffer)
    {
        await stream.WriteAsync(buffer).ConfigureAwait(false);
        return buffer.Length;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await network.DisposeAsync().ConfigureAwait(false); // ends what is still being sent
        await stream.DisposeAsync().ConfigureAwait(false);
    }

    private int FirstLine => Array.IndexOf(buffer, (byte)'\n', 0, end) + 1;

    private async ValueTask<bool> FillAsync(CancellationToken token)
    {
        buffer.AsSpan(start, end - start).CopyTo(buffer);
        (start, end) = (0, end - start);
        if (end == buffer.Length)
        {
            Array.Resize(ref buffer, end * 2);
        }

        var count = await stream.ReadAsync(buffer.AsMemory(end), token).ConfigureAwait(false);
        end += count;
        return count > 0;
    }

    // Whether there is something to hand over.
    private bool Examine()
    {
        if (problem is not null)
        {
            throw problem;
        }

        while (start + passable is var next && next < end)
        {
            if (payload > 0)
            {
                var count = (int)Math.Min(payload, end - next);
                (payload, passable) = (payload - count, passable + count);
                continue;
            }

            var rest = buffer.AsSpan(next, end - next);
            if (rest.Length >= WordLength && !IsKnown(rest))
            {
                throw NoNats(rest);
            }

            var length = rest.IndexOf((byte)'\n') + 1;
            if ((length > 0 ? length : rest.Length) > MaxLine)
            {
                throw Refused($"sent a line of more than {MaxLine.ToString(CultureInfo.InvariantCulture)} bytes");
            }

            if (length == 0)
            {
                break;
            }

            Read(rest.Slice(0, length));
            passable += length;
        }

        return passable > 0;
    }

    private void Read(Span<byte> line)
    {
        if (line[0] is (byte)'M' or (byte)'H')
        {
            // The last word is the number of bytes that follow, without the end of their line. The client refuses one that is wrong.
            var text = line.TrimEnd("\r\n "u8);
            payload = int.TryParse(text.Slice(text.LastIndexOf((byte)' ') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var size)
                ? (long)size + LineEnd
                : 0;
        }
        else if (line[0] == '-')
        {
            secrets.MaskError(line);
        }
    }

    private static bool IsKnown(ReadOnlySpan<byte> line) =>
        line.StartsWith("MSG "u8)
        || line.StartsWith("HMSG "u8)
        || line.StartsWith("INFO "u8)
        || line.StartsWith("PING\r"u8)
        || line.StartsWith("PONG\r"u8)
        || line.StartsWith("+OK\r"u8)
        || line.StartsWith("-ERR"u8);

    private IOException NoNats(ReadOnlySpan<byte> sent) => Refused($"does not speak NATS: it sent \"{TextSupport.Preview(sent)}\"");

    private IOException Refused(string why)
    {
        var reason = new IOException($"{server} {why}");
        Refuse(reason);
        return reason;
    }
}
