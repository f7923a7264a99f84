using System;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Framing;

/// <summary>The bytes on a socket are not a Salt event frame. A stream cannot be resynchronized after it.</summary>
public sealed class FrameFormatException : SaltEventException
{
    internal FrameFormatException(string problem, ReadOnlySpan<byte> bytes)
        : base($"Not a Salt event frame: {problem}. It starts with \"{TextSupport.Preview(bytes)}\".") =>
        FirstBytes = bytes.Slice(0, Math.Min(bytes.Length, 64)).ToArray();

    /// <summary>Up to 64 bytes of the frame from its start.</summary>
    public byte[] FirstBytes { get; }

    /// <summary>Whether it starts as the greeting of ZeroMQ: what listens there may be a bus of Salt before 2016.3.</summary>
    public bool IsZeroMq => FirstBytes.Length > 0 && FirstBytes[0] == 0xFF;
}
