using System;
using System.Buffers.Binary;
using System.Text;
using MessagePack;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Framing;

namespace SaltEvents.Core.Events;

/// <summary>
/// Rewrites msgpack as it was before 2013 (msgpack-python 0.3), which has neither str8 nor bin nor extensions. Salt before
/// 2016.3 may have nothing newer, and one value that it cannot read ends its reactor or a worker. Salt of every version
/// writes its requests to a master so (salt/payload.py, dumps, use_bin_type=False, 3006.10).
/// </summary>
internal static class OldMessagePack
{
    /// <summary>The bytes rewritten; the same bytes if nothing in them is new.</summary>
    /// <param name="packed">Msgpack. Everything from the first byte that is not msgpack stays unchanged.</param>
    /// <param name="keepsExtensions">Whether extensions stay: to a Salt that may know them.</param>
    /// <exception cref="InvalidEventException">An extension that has no text.</exception>
    public static ReadOnlyMemory<byte> Rewrite(ReadOnlyMemory<byte> packed, bool keepsExtensions = false)
    {
        var data = packed.Span;
        ByteBuffer? output = null;
        var copied = 0;
        var position = 0;
        while (TryRead(data, position, out var token))
        {
            var end = position + token.HeadLength + (int)token.Bytes;
            if (IsNew(data[position], token, keepsExtensions))
            {
                output ??= new ByteBuffer(data.Length + 64);
                output.Write(data.Slice(copied, position - copied));
                WriteRaw(output, token.Type == MessagePackType.Extension
                    ? TextOf(data.Slice(position + token.HeadLength, (int)token.Bytes))
                    : data.Slice(position + token.HeadLength, (int)token.Bytes));
                copied = end;
            }

            position = end;
        }

        output?.Write(data.Slice(copied));
        return output is null ? packed : output.Written;
    }

    /// <summary>Whether a payload holds a date or another extension.</summary>
    public static bool HasExtension(PayloadMap payload)
    {
        var packed = new ByteBuffer();
        PayloadEncoder.Write(packed, payload);
        ReadOnlySpan<byte> data = packed.Written;
        for (var position = 0; TryRead(data, position, out var token); position += token.HeadLength + (int)token.Bytes)
        {
            if (token.Type == MessagePackType.Extension)
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryRead(ReadOnlySpan<byte> data, int position, out MessagePackToken token) =>
        MessagePackToken.TryRead(data, position, out token) && token.Bytes <= data.Length - position - token.HeadLength;

    private static bool IsNew(byte code, MessagePackToken token, bool keepsExtensions) =>
        code == MessagePackCode.Str8
        || token.Type == MessagePackType.Binary
        || (token.Type == MessagePackType.Extension && !keepsExtensions);

    private static void WriteRaw(ByteBuffer output, ReadOnlySpan<byte> text)
    {
        var head = output.GetSpan(5);
        if (text.Length <= MessagePackRange.MaxFixStringLength)
        {
            head[0] = (byte)(MessagePackCode.MinFixStr + text.Length);
            output.Advance(1);
        }
        else if (text.Length <= ushort.MaxValue)
        {
            head[0] = MessagePackCode.Str16;
            BinaryPrimitives.WriteUInt16BigEndian(head.Slice(1), (ushort)text.Length);
            output.Advance(3);
        }
        else
        {
            head[0] = MessagePackCode.Str32;
            BinaryPrimitives.WriteInt32BigEndian(head.Slice(1), text.Length);
            output.Advance(5);
        }

        output.Write(text);
    }

    // A date as text. Salt has lost a zero of a year before 1000, so that it is no date any more; its text stays as it is.
    private static ReadOnlySpan<byte> TextOf(ReadOnlySpan<byte> extension)
    {
        var code = (sbyte)extension[0];
        if (code != SaltTime.DateTimeExtension)
        {
            throw new InvalidEventException(
                InvalidEventReason.UnsupportedValue,
                $"The payload has a msgpack extension (type {code}), which Salt before 2016.3 cannot read."
            );
        }

        var text = TextSupport.Utf8(extension.Slice(1));
        return SaltTime.ParseExtension(text) is { } time
            ? Encoding.ASCII.GetBytes(SaltTime.FormatText(time))
            : extension.Slice(1).ToArray();
    }
}
