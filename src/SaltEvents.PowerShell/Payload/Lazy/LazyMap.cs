using System;
using System.Management.Automation;
using MessagePack;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;

namespace SaltEvents.Payload.Lazy;

/// <summary>
/// A map over its msgpack bytes. Made in one walk over them, which finds where each entry lies; keys and values are decoded
/// when they are asked for, once. Of a key that occurs twice the last value counts, in the place of the first, as in Python.
/// </summary>
internal sealed partial class LazyMap : LazyNode
{
    private LazyField[] fields;
    private int used;
    private PSObject? data;
    private SaltDictionary? raw;

    /// <param name="packed">Its bytes.</param>
    /// <param name="maxDepth">How deep it may be nested, if its bytes have not been looked at before.</param>
    public LazyMap(ReadOnlyMemory<byte> packed, int maxDepth = 0)
        : base(packed)
    {
        var entries = new PayloadView.Entries(packed.Span, maxDepth);
        // Hostile counts allocate no more than the bytes allow.
        fields = new LazyField[(int)Math.Min(entries.Left, packed.Length / 2)];
        while (entries.MoveNext())
        {
            Append(new LazyField
            {
                KeyOffset = entries.EntryOffset,
                KeyLength = entries.ValueOffset - entries.EntryOffset,
                ValueOffset = entries.ValueOffset,
                ValueLength = entries.ValueLength,
                KeyHeadLength = entries.HasTextKey ? (byte)(entries.ValueOffset - entries.EntryOffset - entries.KeyText.Length) : (byte)0,
                IsString = entries.HasStringKey,
            });
        }

        IsWhole = entries.IsWhole;
    }

    /// <summary>Whether its bytes are a map and nothing else, nested no deeper than allowed.</summary>
    public bool IsWhole { get; }

    /// <summary>Whether a payload is a map of so few entries that finding them takes no longer than walking over them.</summary>
    public static bool IsSmall(ReadOnlySpan<byte> payload) =>
        !payload.IsEmpty && (payload[0] & 0xF0) == MessagePackCode.MinFixMap;

    /// <summary>How many entries it has.</summary>
    public int Count { get; private set; }

    /// <inheritdoc/>
    public override object Data => data ?? Show();

    /// <inheritdoc/>
    public override object Raw
    {
        get
        {
            lock (this)
            {
                return raw ??= new SaltDictionary(this);
            }
        }
    }

    public bool IsRemoved(int field) => fields[field].State == LazyFieldState.Removed;

    /// <summary>Whether a field's value is a map.</summary>
    public bool IsMap(int field) => IsPacked(field, out var code) ? MessagePackToken.IsMapCode(code) : fields[field].Value is LazyMap;

    /// <summary>Whether a field's value is a list.</summary>
    public bool IsList(int field) => IsPacked(field, out var code) ? MessagePackToken.IsArrayCode(code) : fields[field].Value is LazyList;

    /// <summary>
    /// The value of a key of the map that is a field's value; false if it is not a map, or has no such key. A map that nobody has
    /// looked at stays bytes: this is for code that asks many maps for one of their fields.
    /// </summary>
    public bool TryPeek(int field, ReadOnlySpan<byte> key, out object? value)
    {
        value = null;
        if (IsPacked(field, out var code))
        {
            ref var entry = ref fields[field];
            return MessagePackToken.IsMapCode(code)
                && new PayloadView(Packed.Slice(entry.ValueOffset, entry.ValueLength)).TryGetValue(key, out value);
        }

        if (fields[field].Value is LazyMap map)
        {
            foreach (var inner in map.Live)
            {
                if (map.KeyIs(inner, key))
                {
                    value = map.GetValue(inner);
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>A field's value: a node, a decoded value, or what a script has put there.</summary>
    public object? GetValue(int field)
    {
        if (fields[field].State == LazyFieldState.Packed)
        {
            lock (this)
            {
                ref var packed = ref fields[field];
                if (packed.State == LazyFieldState.Packed)
                {
                    packed.Value = Read(Packed.Slice(packed.ValueOffset, packed.ValueLength));
                    packed.State = LazyFieldState.Read;
                }
            }
        }

        return fields[field].Value;
    }

    /// <summary>A field's key as it was on the bus.</summary>
    public object? GetKey(int field)
    {
        ref var entry = ref fields[field];
        if (entry.Key is null && entry.KeyLength > 0)
        {
            entry.Key = entry.IsString && TextSupport.StrictUtf8(TextOf(entry)) is { } text ? text
                : PayloadObjects.ToRaw(PayloadDecoder.Decode(Packed.Slice(entry.KeyOffset, entry.KeyLength)));
        }

        return entry.Key;
    }

    /// <summary>A field's key as a property name; null if it can be none.</summary>
    public string? GetName(int field) =>
        GetKey(field) is var key && key is string name ? PayloadObjects.ToName(name) : PayloadObjects.NameOf(key);

    private bool IsPacked(int field, out byte code)
    {
        ref var entry = ref fields[field];
        var isPacked = entry.State == LazyFieldState.Packed;
        code = isPacked ? Packed.Span[entry.ValueOffset] : default;
        return isPacked;
    }

    private ReadOnlySpan<byte> TextOf(in LazyField entry) =>
        Packed.Span.Slice(entry.KeyOffset + entry.KeyHeadLength, entry.KeyLength - entry.KeyHeadLength);

    private PSObject Show()
    {
        lock (this)
        {
            if (data is null)
            {
                var shown = PayloadObjects.NewObject(Count);
                var source = new LazyPropertySource(this);
                foreach (var (name, field) in ShownFields)
                {
                    fields[field].IsShown = true;
                    source.AddTo(shown, field, name);
                }

                data = shown;
            }

            return data;
        }
    }
}
