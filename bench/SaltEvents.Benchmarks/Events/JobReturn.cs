using System;
using System.Buffers;
using System.Globalization;
using System.Text;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;

namespace SaltEvents.Benchmarks.Events;

/// <summary>
/// The event that is measured: the return of a test.ping job as Salt 3006.10 sends it, field for field (the recorded one is in
/// tests/vectors). Its jid carries the sequence number, in the tag and in the payload.
/// </summary>
internal static class JobReturn
{
    /// <summary>The frame on the wire: 14 bytes of frame map, 38 of tag, the blank line, 142 of payload.</summary>
    public const int FrameBytes = 196;

    /// <summary>So many sequence numbers have a jid that is a time: seconds and microseconds of one minute.</summary>
    public const int MaxSequence = 60_000_000;

    public const string Function = "test.ping";

    private const string TagPrefix = "salt/job/";
    private const string Minute = "202611231956";
    private const int SequenceDigits = 8;
    private const string Minion = "web01";

    public static string Tag(int sequence) => TagPrefix + Jid(sequence) + "/ret/" + Minion;

    /// <summary>The sequence number in a tag; -1 where it is no tag of ours.</summary>
    public static int Sequence(ReadOnlySpan<char> tag)
    {
        const int Start = 21; // TagPrefix and Minute
        return
            tag.Length == Start + SequenceDigits + 10
            && int.TryParse(tag.Slice(Start, SequenceDigits), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? sequence
            : -1;
    }

    /// <summary>The payload without <c>_stamp</c>, as a sender gives it to the client.</summary>
    public static PayloadMap Payload(int sequence) => new()
    {
        { "cmd", "_return" },
        { "id", Minion },
        { "success", true },
        { "return", true },
        { "retcode", 0L },
        { "jid", Jid(sequence) },
        { "fun", Function },
        { "fun_args", Array.Empty<object>() },
        { "user", "root" },
    };

    public static byte[] Body(int sequence) =>
        EventCodec.Encode(Tag(sequence), Payload(sequence), new DateTime(2026, 11, 23, 19, 56, 45, DateTimeKind.Utc).AddTicks(1290380));

    /// <summary>Frames with the sequence numbers from 0 on, one after the other.</summary>
    public static byte[] Frames(int count)
    {
        var output = new ArrayBufferWriter<byte>(FrameBytes);
        FrameWriter.Write(output, Body(0));
        var first = output.WrittenSpan;
        if (first.Length != FrameBytes)
        {
            throw new InvalidOperationException($"The frame has {first.Length} bytes, not {FrameBytes}.");
        }

        var inTag = first.IndexOf(Encoding.ASCII.GetBytes(Minute)) + Minute.Length;
        var inPayload = first.LastIndexOf(Encoding.ASCII.GetBytes(Minute)) + Minute.Length;
        var frames = new byte[count * FrameBytes];
        for (var i = 0; i < count; i++)
        {
            var frame = frames.AsSpan(i * FrameBytes, FrameBytes);
            first.CopyTo(frame);
            i.TryFormat(frame.Slice(inTag), out _, "D8", CultureInfo.InvariantCulture);
            frame.Slice(inTag, SequenceDigits).CopyTo(frame.Slice(inPayload));
        }

        return frames;
    }

    private static string Jid(int sequence) => Minute + sequence.ToString("D8", CultureInfo.InvariantCulture);
}
