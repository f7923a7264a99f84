using System;
using System.Collections.Generic;
using SaltEvents.Core.Compat;

namespace SaltEvents.Payload.Lazy;

/// <content>Finding a field by its name or its key: in turn if there are few, with an index if there are many.</content>
internal sealed partial class LazyMap
{
    private const int Few = 16;
    private Dictionary<string, int>? byName;
    private Dictionary<object, int>? byKey;

    /// <summary>The first field with that name, in any case; -1 if there is none.</summary>
    public int Find(string name)
    {
        if (used > Few)
        {
            return PayloadObjects.ToName(name) is not null && Names.TryGetValue(name, out var found) ? found : -1;
        }

        for (var i = 0; i < used; i++)
        {
            if (HasName(i, name))
            {
                return PayloadObjects.ToName(name) is null ? -1 : i;
            }
        }

        return -1;
    }

    /// <summary>The field with exactly that key; -1 if there is none.</summary>
    public int FindKey(object? key)
    {
        if (used > Few)
        {
            return Keys.TryGetValue(key ?? DBNull.Value, out var found) ? found : -1;
        }

        for (var i = 0; i < used; i++)
        {
            if (!IsRemoved(i) && PayloadKeyComparer.Instance.Equals(GetKey(i), key))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The numbers of the fields, but for removed ones.</summary>
    public IEnumerable<int> Live
    {
        get
        {
            for (var i = 0; i < used; i++)
            {
                if (!IsRemoved(i))
                {
                    yield return i;
                }
            }
        }
    }

    /// <summary>Whether a field's key is that text.</summary>
    public bool KeyIs(int field, ReadOnlySpan<byte> text)
    {
        ref var entry = ref fields[field];
        return entry.HasTextKey ? TextOf(entry).SequenceEqual(text) : GetName(field) == TextSupport.Utf8(text);
    }

    /// <summary>Whether a field's key has that text in it.</summary>
    public bool KeyContains(int field, ReadOnlySpan<byte> text)
    {
        ref var entry = ref fields[field];
        return entry.HasTextKey ? TextOf(entry).IndexOf(text) >= 0 : GetName(field)?.Contains(TextSupport.Utf8(text)) == true;
    }

    /// <summary>A field's value by its name in any case: as Data shows it, with what a script has added and removed there.</summary>
    public bool TryGetData(string name, out object? value)
    {
        if (data is not null)
        {
            var property = PayloadObjects.ToName(name) is null ? null : data.Properties[name];
            value = property?.Value;
            return property is not null;
        }

        var field = Find(name);
        value = field < 0 ? null : DataOf(GetValue(field));
        return field >= 0;
    }

    /// <summary>A field's value, a node if it is one: for code that reads without making objects for scripts.</summary>
    public object? TryGetValue(string name) => Find(name) is var field and >= 0 ? GetValue(field) : null;

    /// <summary>
    /// The fields that Data has, with their values, nodes if they are that: for code that reads without making objects for scripts.
    /// </summary>
    public IEnumerable<(string Name, object? Value)> Fields
    {
        get
        {
            foreach (var (name, number) in ShownFields)
            {
                yield return (name, GetValue(number));
            }
        }
    }

    // The first of the fields whose names differ only in case.
    private IEnumerable<(string Name, int Field)> ShownFields
    {
        get
        {
            for (var i = 0; i < used; i++)
            {
                if (!IsRemoved(i) && GetName(i) is { } name && Find(name) == i)
                {
                    yield return (name, i);
                }
            }
        }
    }

    private Dictionary<string, int> Names =>
        byName ?? Index(ref byName, new Dictionary<string, int>(used, StringComparer.OrdinalIgnoreCase), GetName);

    private Dictionary<object, int> Keys =>
        byKey ?? Index(ref byKey, new Dictionary<object, int>(used, PayloadKeyComparer.Instance), i => GetKey(i) ?? DBNull.Value);

    private Dictionary<T, int> Index<T>(ref Dictionary<T, int>? index, Dictionary<T, int> made, Func<int, T?> get)
        where T : class
    {
        for (var i = 0; i < used; i++)
        {
            if (!IsRemoved(i) && get(i) is { } key && !made.ContainsKey(key))
            {
                made.Add(key, i);
            }
        }

        return index = made;
    }

    private bool HasName(int field, string name)
    {
        ref var entry = ref fields[field];
        if (entry.State == LazyFieldState.Removed)
        {
            return false;
        }

        if (entry.Key is null && entry.HasTextKey && EqualsAscii(TextOf(entry), name) is { } answer)
        {
            return answer;
        }

        return string.Equals(GetName(field), name, StringComparison.OrdinalIgnoreCase);
    }

    // Null if one has a character outside ASCII, whose case and length are not those of its bytes.
    private static bool? EqualsAscii(ReadOnlySpan<byte> text, string name)
    {
        for (var i = 0; i < text.Length && i < name.Length; i++)
        {
            if ((text[i] | name[i]) > 0x7F)
            {
                return null;
            }

            if (text[i] != name[i] && ((text[i] ^ name[i]) != 0x20 || (uint)((text[i] | 0x20) - 'a') > 'z' - 'a'))
            {
                return false;
            }
        }

        // Of a text that is longer, the next character makes the difference, whatever its case.
        return text.Length == name.Length;
    }

    /// <summary>Adds a field at the end, or in the place of one with the same key.</summary>
    private void Append(in LazyField field)
    {
        if (used == fields.Length)
        {
            Array.Resize(ref fields, Math.Max(4, 2 * used));
        }

        fields[used] = field;
        if (field.State == LazyFieldState.Packed && FindSameKey(used) is var same and >= 0)
        {
            fields[same].ValueOffset = field.ValueOffset;
            fields[same].ValueLength = field.ValueLength;
            return;
        }

        used++;
        Count++;
    }

    private int FindSameKey(int field)
    {
        ref var added = ref fields[field];
        if (used >= Few)
        {
            byKey ??= Index(
                ref byKey,
                new Dictionary<object, int>(fields.Length, PayloadKeyComparer.Instance),
                i => GetKey(i) ?? DBNull.Value
            );
            var key = GetKey(field) ?? DBNull.Value;
            if (byKey.TryGetValue(key, out var found))
            {
                return found;
            }

            byKey.Add(key, field);
            return -1;
        }

        for (var i = 0; i < used; i++)
        {
            ref var other = ref fields[i];
            if (
                other.KeyLength - other.KeyHeadLength == added.KeyLength - added.KeyHeadLength
                && other.IsString == added.IsString
                && other.HasTextKey == added.HasTextKey
                && TextOf(other).SequenceEqual(TextOf(added))
            )
            {
                return i;
            }
        }

        return -1;
    }
}
