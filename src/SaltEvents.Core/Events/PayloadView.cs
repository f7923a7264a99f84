using System;
using System.Collections.Generic;
using System.Text;
using MessagePack;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Framing;

namespace SaltEvents.Core.Events;

/// <summary>
/// A payload's top level over its msgpack bytes: finding one field decodes that field and nothing else.
/// A payload that is not a map, or not msgpack, has no fields. If a key occurs twice, the last value counts, as in Python.
/// </summary>
public readonly struct PayloadView
{
    private readonly ReadOnlyMemory<byte> bytes;

    internal PayloadView(ReadOnlyMemory<byte> bytes) => this.bytes = bytes;

    /// <summary>Whether the payload is one whole msgpack map.</summary>
    public bool IsMap => GetEntries().IsMap && IsWhole;

    /// <summary>Whether the payload is one msgpack value, whole and with nothing after it. Nothing is decoded for it.</summary>
    public bool IsWhole => MessagePackWalker.IsOneValue(bytes.Span);

    /// <summary>
    /// Whether <see cref="Decode"/> gives the payload: it is whole, and nested no deeper than <see cref="FrameLimits.MaxPayloadDepth"/>.
    /// </summary>
    public bool IsDecodable => MessagePackToken.IsOneValue(bytes.Span, FrameLimits.MaxPayloadDepth);

    /// <summary>The names of the fields with text keys, in their order.</summary>
    public IReadOnlyList<string> GetNames()
    {
        var names = new List<string>();
        var entries = new Entries(bytes.Span);
        while (entries.MoveNext())
        {
            if (entries.HasTextKey)
            {
                names.Add(TextSupport.Utf8(entries.KeyText));
            }
        }

        return names;
    }

    /// <summary>Decodes the field of that name; names are compared byte by byte.</summary>
    /// <exception cref="EventFormatException">The field is there and cannot be decoded.</exception>
    public bool TryGetValue(string name, out object? value)
    {
        Span<byte> small = stackalloc byte[128];
        var utf8 = Encoding.UTF8.GetByteCount(name) <= small.Length ? small.Slice(0, TextSupport.WriteUtf8(name, small)) : Encoding.UTF8.GetBytes(name);
        return TryGetValue(utf8, out value);
    }

    internal bool TryGetValue(ReadOnlySpan<byte> name, out object? value)
    {
        var found = default(ReadOnlyMemory<byte>);
        var entries = new Entries(bytes.Span);
        while (entries.MoveNext())
        {
            if (entries.HasTextKey && entries.KeyText.SequenceEqual(name))
            {
                found = bytes.Slice(entries.ValueOffset, entries.ValueLength);
            }
        }

        value = found.IsEmpty ? null : PayloadDecoder.Decode(found);
        return !found.IsEmpty;
    }

    /// <summary>Decodes the whole payload.</summary>
    /// <exception cref="EventFormatException">It is not msgpack.</exception>
    public object? Decode() => PayloadDecoder.Decode(bytes);

    /// <summary>The entries of the top-level map as bytes: used when a payload is written again with one field changed.</summary>
    internal Entries GetEntries() => new(bytes.Span);

    /// <summary>Walks a map's entries without decoding them; ends early if the bytes are not msgpack.</summary>
    internal ref struct Entries
    {
        private const int MaxShortKey = 0x1F;
        private readonly ReadOnlySpan<byte> map;
        private readonly int maxDepth;
        private bool isCut;
        private long left;
        private int position;
        private int keyOffset;
        private int keyLength;

        /// <param name="bytes">The map.</param>
        /// <param name="maxDepth">It ends at an entry that is nested deeper than that; 0 where the depth does not matter.</param>
        public Entries(ReadOnlySpan<byte> bytes, int maxDepth = 0)
        {
            map = bytes;
            this.maxDepth = maxDepth;
            if (!bytes.IsEmpty && MessagePackToken.IsMapCode(bytes[0]) && MessagePackToken.TryRead(bytes, 0, out var token))
            {
                IsMap = true;
                left = token.Values / 2;
                position = token.HeadLength;
            }
        }

        public bool IsMap { get; }

        public readonly long Left => left;

        /// <summary>Whether the bytes are a map and nothing else, once there is no further entry.</summary>
        public readonly bool IsWhole => IsMap && !isCut && position == map.Length;

        /// <summary>Whether the key is text, str or bin.</summary>
        public bool HasTextKey { get; private set; }

        /// <summary>Whether the key is str.</summary>
        public bool HasStringKey { get; private set; }

        public readonly ReadOnlySpan<byte> KeyText => map.Slice(keyOffset, keyLength);

        public int EntryOffset { get; private set; }

        public int ValueOffset { get; private set; }

        public int ValueLength { get; private set; }

        public bool MoveNext()
        {
            if (left == 0)
            {
                return false;
            }

            left--;
            EntryOffset = position;
            if (!ReadKey() || !TryMeasure(out var length))
            {
                left = 0;
                isCut = true;
                return false;
            }

            ValueOffset = position;
            ValueLength = length;
            position += length;
            return true;
        }

        private readonly bool TryMeasure(out int length)
        {
            var rest = map.Slice(position);
            return maxDepth > 0
                ? MessagePackToken.TryMeasure(rest, maxDepth - 1, out length)
                : MessagePackWalker.TryMeasure(rest, out length);
        }

        private bool ReadKey()
        {
            if (position >= map.Length)
            {
                return false;
            }

            // Nearly every key is a short string.
            var code = map[position];
            if ((code & ~MaxShortKey) == MessagePackCode.MinFixStr)
            {
                HasTextKey = HasStringKey = true;
                keyOffset = position + 1;
                keyLength = code & MaxShortKey;
                position = keyOffset + keyLength;
                return position <= map.Length;
            }

            if (!TryMeasure(out var length))
            {
                return false;
            }

            MessagePackToken.TryRead(map, position, out var key);
            HasTextKey = key.IsText;
            HasStringKey = key.Type == MessagePackType.String;
            keyOffset = position + key.HeadLength;
            keyLength = HasTextKey ? (int)key.Bytes : 0;
            position += length;
            return true;
        }
    }
}
