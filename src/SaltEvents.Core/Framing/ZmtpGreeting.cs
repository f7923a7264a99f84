using System;

namespace SaltEvents.Core.Framing;

/// <summary>
/// What the first bytes of a ZeroMQ peer say: whether it is one, and in which protocol NetMQ will speak to it
/// (rfc.zeromq.org 13, 15 and 23). Nothing else of the protocol is known here.
/// </summary>
internal sealed class ZmtpGreeting
{
    private const int VersionOffset = 10;
    private readonly byte[] bytes = new byte[VersionOffset + 1];
    private int count;

    /// <summary>Whether enough has come to tell.</summary>
    public bool IsKnown => IsForeign || (count > 0 && (!HasSignature || count > VersionOffset || (count == VersionOffset && !IsVersioned)));

    /// <summary>Whether the peer is no ZeroMQ socket. One of libzmq 2 starts with an identity without a name: 1, 0.</summary>
    public bool IsForeign => count > 0 && !HasSignature && bytes[0] != 1;

    /// <summary>The bytes so far.</summary>
    public ReadOnlySpan<byte> Bytes => bytes.AsSpan(0, count);

    private bool HasSignature => bytes[0] == 0xFF;

    private bool IsVersioned => (bytes[VersionOffset - 1] & 1) != 0;

    /// <summary>Takes the first bytes; further ones do not matter.</summary>
    public void Take(ReadOnlySpan<byte> data)
    {
        var part = data.Slice(0, Math.Min(data.Length, bytes.Length - count));
        part.CopyTo(bytes.AsSpan(count));
        count += part.Length;
    }

    /// <summary>How many bytes a message of one frame takes on the wire.</summary>
    public int WireLength(int messageLength) => HasSignature && IsVersioned && bytes[VersionOffset] > 0
        ? messageLength + (messageLength > byte.MaxValue ? 9 : 2) // flags; a length of 1 or 8 bytes
        : messageLength + (messageLength + 1 < byte.MaxValue ? 2 : 10); // a length of 1 or 1 + 8 bytes, which counts the flags; flags
}
