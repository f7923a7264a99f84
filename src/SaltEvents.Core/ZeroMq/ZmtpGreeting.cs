using System;
using System.Buffers.Binary;

namespace SaltEvents.Core.ZeroMq;

/// <summary>
/// The start of what a ZeroMQ peer says, up to its READY command (rfc.zeromq.org 13, 15 and 23): whether it is one, and in
/// which protocol NetMQ will speak to it. NetMQ trusts the lengths in that command, and one that lies would end the
/// process; so the command is looked at before NetMQ gets it. Nothing else of the protocol is known here.
/// </summary>
internal sealed class ZmtpGreeting
{
    private const int VersionOffset = 10;
    private const int OldGreetingLength = 12; // a signature, a version and the socket's type
    private const int GreetingLength = 64;
    private const int CommandOffset = GreetingLength + 2; // after its flags and its length
    private const byte ShortCommand = 4;
    private readonly byte[] bytes = new byte[CommandOffset + byte.MaxValue];
    private int count;

    /// <summary>Whether the peer has said all that is looked at.</summary>
    public bool IsComplete =>
        IsNotZeroMq
        || (count > 0 && (!HasSignature || (count > VersionOffset && (HasCommand ? IsCommandComplete : count >= OldGreetingLength))));

    /// <summary>
    /// Whether the peer is no ZeroMQ socket, or a broken one. One of libzmq 2 starts with an identity without a name: 1, 0.
    /// </summary>
    public bool IsNotZeroMq =>
        count > 0
        && (HasSignature ? IsUnversioned || IsNoCommand || (HasCommand && IsCommandComplete && !IsReady(Command)) : bytes[0] != 1);

    /// <summary>What has been said so far.</summary>
    public ArraySegment<byte> Bytes => new(bytes, 0, count);

    /// <summary>
    /// How much of it NetMQ may have now: the greeting, to which the peer wants an answer, and then the command as a whole.
    /// </summary>
    public int Passable => IsComplete ? count : Math.Min(count, GreetingLength);

    private bool HasSignature => bytes[0] == 0xFF;

    // No libzmq says that it has a signature and no version, or version 0.
    private bool IsUnversioned =>
        (count >= VersionOffset && (bytes[VersionOffset - 1] & 1) == 0) || (count > VersionOffset && bytes[VersionOffset] == 0);

    // Version 1 is that of libzmq 3; every later one has commands.
    private bool HasCommand => count > VersionOffset && bytes[VersionOffset] > 1;

    private bool IsNoCommand => HasCommand && count > GreetingLength && bytes[GreetingLength] != ShortCommand;

    private bool IsCommandComplete => count >= CommandOffset && count >= CommandOffset + bytes[CommandOffset - 1];

    private ReadOnlySpan<byte> Command => bytes.AsSpan(CommandOffset, bytes[CommandOffset - 1]);

    /// <summary>Takes more of it; returns how many bytes belonged to it or may go with it.</summary>
    public int Take(ReadOnlySpan<byte> data)
    {
        var taken = Math.Min(data.Length, bytes.Length - count);
        data.Slice(0, taken).CopyTo(bytes.AsSpan(count));
        count += taken;
        return taken;
    }

    /// <summary>Checks whether what follows, from <see cref="FramesOffset"/> on, are messages that this end accepts.</summary>
    public ZmtpFrames FramesFor(ZeroMqRole role, int maxMessageBytes) =>
        new(isOld: !HasSignature, startsWithIdentity: !HasCommand, role, maxMessageBytes);

    /// <summary>Where the frames start.</summary>
    public int FramesOffset => !HasSignature ? 0 : HasCommand ? CommandOffset + bytes[CommandOffset - 1] : OldGreetingLength;

    /// <summary>How many bytes a message of one frame takes on the wire.</summary>
    public int WireLength(int messageLength) => HasSignature
        ? messageLength + (messageLength > byte.MaxValue ? 9 : 2) // flags; a length of 1 or 8 bytes
        : messageLength + (messageLength + 1 < byte.MaxValue ? 2 : 10); // a length of 1 or 1 + 8 bytes, which counts the flags; flags

    // READY and properties: a name after its length of one byte, a value after its length of four.
    private static bool IsReady(ReadOnlySpan<byte> command)
    {
        if (!command.StartsWith("\u0005READY"u8))
        {
            return false;
        }

        var rest = command.Slice(6);
        while (!rest.IsEmpty)
        {
            var valueAt = 1 + rest[0] + 4;
            if (
                valueAt > rest.Length
                || BinaryPrimitives.ReadUInt32BigEndian(rest.Slice(valueAt - 4)) is var length && length > (uint)(rest.Length - valueAt)
            )
            {
                return false;
            }

            rest = rest.Slice(valueAt + (int)length);
        }

        return true;
    }
}
