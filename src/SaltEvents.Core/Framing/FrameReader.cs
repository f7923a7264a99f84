using System;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Framing;

/// <summary>
/// Splits a byte stream into frames. It does no I/O: fill <see cref="GetBuffer"/>, say with <see cref="Advance"/> how many bytes there
/// are, and take frames with <see cref="TryRead"/> until it has no more. Each frame can be bare or length-prefixed.
/// </summary>
public sealed class FrameReader
{
    private const int InitialBytes = 64 * 1024;
    private const int MinimumFree = 4 * 1024;
    private const int MaxBytes = FrameLimits.GreatestMaxFrameBytes + InitialBytes;
    private readonly int maxFrameBytes;
    private byte[] buffer = new byte[InitialBytes];
    private int start;
    private int end;
    private FrameScanner scanner;

    /// <summary>A reader for one connection.</summary>
    /// <param name="maxFrameBytes">The longest frame accepted, in bytes: 1 to <see cref="FrameLimits.GreatestMaxFrameBytes"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not between these.</exception>
    public FrameReader(int maxFrameBytes = FrameLimits.DefaultMaxFrameBytes)
    {
        this.maxFrameBytes = Require.Between(1, maxFrameBytes, FrameLimits.GreatestMaxFrameBytes, nameof(maxFrameBytes));
        scanner = new FrameScanner(maxFrameBytes);
    }

    /// <summary>The format of the last frame read.</summary>
    public FrameFormat Format { get; private set; }

    /// <summary>Why the next bytes are not a frame; null if they can be one. The stream is then of no further use.</summary>
    public FrameFormatException? Problem { get; private set; }

    /// <summary>The bytes after the last frame read: valid until the next call of <see cref="GetBuffer"/>.</summary>
    public ReadOnlySpan<byte> Unread => new(buffer, start, end - start);

    /// <summary>Free space for the next bytes from the socket.</summary>
    public ArraySegment<byte> GetBuffer()
    {
        MakeRoom();
        return new ArraySegment<byte>(buffer, end, buffer.Length - end);
    }

    /// <summary>Says how many bytes were put into the buffer.</summary>
    public void Advance(int count) => end += count;

    /// <summary>Takes the next complete frame.</summary>
    /// <param name="body">The frame's body: valid until the next call of <see cref="GetBuffer"/>.</param>
    /// <returns>False if more bytes are needed, or if there is a <see cref="Problem"/>.</returns>
    public bool TryRead(out ReadOnlySpan<byte> body)
    {
        if (Problem is not null || scanner.Scan(Unread) is var result && result != WalkResult.Done)
        {
            Problem ??= scanner.Problem is { } problem ? new FrameFormatException(problem, Unread) : null;
            body = default;
            return false;
        }

        body = new ReadOnlySpan<byte>(buffer, start + scanner.BodyOffset, scanner.BodyLength);
        Format = scanner.Format;
        start += scanner.Length;
        scanner = new FrameScanner(maxFrameBytes);
        return true;
    }

    private void MakeRoom()
    {
        if (start == end)
        {
            start = end = 0;
            if (buffer.Length > InitialBytes)
            {
                buffer = new byte[InitialBytes]; // one big event must not occupy its size forever
            }
        }

        if (buffer.Length - end >= MinimumFree)
        {
            return;
        }

        // Grows by what has arrived, never by what a length claims.
        var target = end - start > buffer.Length / 2 ? new byte[Math.Min(buffer.Length * 2L, MaxBytes)] : buffer;
        Buffer.BlockCopy(buffer, start, target, 0, end - start);
        buffer = target;
        end -= start;
        start = 0;
    }
}
