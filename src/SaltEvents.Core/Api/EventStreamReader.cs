using System;
using System.Runtime.CompilerServices;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Api;

/// <summary>
/// Cuts the text of /events into events. It does no I/O: fill <see cref="GetBuffer"/>, pass the count to <see cref="Advance"/>, and
/// take events with <see cref="TryRead"/> until it has no more. Lines end with only a line feed, and the last line of a block is
/// its JSON: tags come as they are, and a minion can put a carriage return, a line feed or "data: ..." into one, which
/// would make a whole event for a reader of server-sent events (salt/netapi/rest_cherrypy/app.py, Events.GET, 3006.10).
/// </summary>
internal sealed class EventStreamReader(int maxEventBytes)
{
    private const int InitialBytes = 64 * 1024;
    private const int MinimumFree = 4 * 1024;
    private byte[] buffer = new byte[InitialBytes];
    private int start;
    private int end;
    private int scanned; // from start on, without a blank line
    private bool isTooLong;

    /// <summary>Whether the server has said that the stream is open: its first line.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>Whether that line has a carriage return at its end, as salt-api never ends one: no event would be found.</summary>
    public bool IsRewritten { get; private set; }

    /// <summary>
    /// The tag of an event that was begun and whose data never arrived: salt-api closes the stream if it cannot write an event
    /// as JSON. Null if the stream did not end this way.
    /// </summary>
    public string? TagWithoutData
    {
        get
        {
            var rest = new ReadOnlySpan<byte>(buffer, start, end - start);
            while (!rest.StartsWith("tag: "u8) && rest.IndexOf((byte)'\n') is var line and >= 0)
            {
                rest = rest.Slice(line + 1);
            }

            return rest.StartsWith("tag: "u8) && rest[rest.Length - 1] == '\n' && rest.IndexOf("\ndata: {\"data\": "u8) < 0
                ? TextSupport.Utf8(rest.Slice(5, rest.Length - 6))
                : null;
        }
    }

    /// <summary>Whether the last line that has arrived is not whole.</summary>
    public bool IsInLine => end > start && buffer[end - 1] != '\n';

    /// <summary>Free space for the next bytes.</summary>
    public ArraySegment<byte> GetBuffer()
    {
        MakeRoom();
        return new ArraySegment<byte>(buffer, end, buffer.Length - end);
    }

    /// <summary>Says how many bytes were put into the buffer.</summary>
    public void Advance(int count)
    {
        end += count;
        if (!HasStarted && buffer.AsSpan(start, end - start).IndexOfAny((byte)'\r', (byte)'\n') is var line and >= 0)
        {
            HasStarted = true;
            IsRewritten = buffer[start + line] == (byte)'\r';
        }
    }

    /// <summary>Takes the JSON of the next event.</summary>
    /// <param name="json">The JSON, valid until the next call of <see cref="GetBuffer"/>; empty if the event was longer than
    /// allowed.</param>
    /// <returns>False where more bytes are needed.</returns>
    [MethodImpl(Compile.AtOnce)]
    public bool TryRead(out ReadOnlySpan<byte> json)
    {
        while (true)
        {
            json = default;
            var held = new ReadOnlySpan<byte>(buffer, start, end - start);
            var length = held.Slice(scanned).IndexOf("\n\n"u8);
            if (length < 0)
            {
                scanned = Math.Max(0, held.Length - 1);
                Skip(held.Length);
                return false;
            }

            var block = held.Slice(0, scanned + length);
            start += block.Length + 2;
            scanned = 0;
            if (isTooLong || block.Length > maxEventBytes)
            {
                isTooLong = false;
                return true;
            }

            var line = block.Slice(block.LastIndexOf((byte)'\n') + 1);
            if (line.StartsWith("data: "u8))
            {
                json = line.Slice(6);
                return true;
            }
        }
    }

    // Text that is too long is not kept, except for the byte that may start the blank line after it.
    private void Skip(int held)
    {
        if (held > maxEventBytes)
        {
            isTooLong = true;
            start = end - 1;
            scanned = 0;
        }
    }

    private void MakeRoom()
    {
        if (start == end)
        {
            start = end = scanned = 0;
            if (buffer.Length > InitialBytes)
            {
                buffer = new byte[InitialBytes]; // one big event must not occupy its size forever
            }
        }

        if (buffer.Length - end >= MinimumFree)
        {
            return;
        }

        var target =
            end - start > buffer.Length / 2
                ? new byte[(int)Math.Min(buffer.Length * 2L, maxEventBytes + InitialBytes + (long)MinimumFree)]
                : buffer;
        Buffer.BlockCopy(buffer, start, target, 0, end - start);
        buffer = target;
        end -= start;
        start = 0;
    }
}
