using System;
using System.Collections;
using System.Collections.Generic;

namespace SaltEvents.Core.Events;

/// <summary>
/// A msgpack map: its entries in their order, with keys of any type (nil too). Of a key that occurs twice the last value counts, as in
/// Python.
/// </summary>
public sealed class PayloadMap : IReadOnlyList<KeyValuePair<object?, object?>>
{
    private readonly List<KeyValuePair<object?, object?>> entries;

    /// <summary>An empty map.</summary>
    public PayloadMap() => entries = [];

    internal PayloadMap(int capacity) => entries = new List<KeyValuePair<object?, object?>>(capacity);

    /// <inheritdoc/>
    public int Count => entries.Count;

    /// <inheritdoc/>
    public KeyValuePair<object?, object?> this[int index] => entries[index];

    /// <summary>The value of a text key, compared byte by byte; null if there is none.</summary>
    public object? this[string key] => TryGetValue(key, out var value) ? value : null;

    /// <summary>Adds an entry at the end.</summary>
    public void Add(object? key, object? value) => entries.Add(new KeyValuePair<object?, object?>(key, value));

    /// <summary>Sets a text key's value in its place, or adds it at the end.</summary>
    public void Set(string key, object? value)
    {
        var at = IndexOf(key);
        if (at < 0)
        {
            Add(key, value);
        }
        else
        {
            entries[at] = new KeyValuePair<object?, object?>(key, value);
        }
    }

    /// <summary>Removes a text key; false if it does not exist.</summary>
    public bool Remove(string key)
    {
        var count = entries.RemoveAll(e => e.Key is string name && string.Equals(name, key, StringComparison.Ordinal));
        return count > 0;
    }

    /// <summary>Finds a text key.</summary>
    public bool TryGetValue(string key, out object? value)
    {
        var at = IndexOf(key);
        value = at < 0 ? null : entries[at].Value;
        return at >= 0;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<object?, object?>> GetEnumerator() => entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void SetAt(int index, object? value) =>
        entries[index] = new KeyValuePair<object?, object?>(entries[index].Key, value);

    private int IndexOf(string key)
    {
        for (var i = entries.Count - 1; i >= 0; i--)
        {
            if (entries[i].Key is string name && string.Equals(name, key, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }
}
