using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;

namespace SaltEvents;

/// <summary>
/// A payload's map as it was on the bus: in its order, keys of any type and case-sensitive. A .NET dictionary has no null key; this has.
/// </summary>
public sealed class SaltDictionary : IDictionary
{
    private readonly List<DictionaryEntry> entries = [];

    /// <inheritdoc/>
    public int Count => entries.Count;

    /// <inheritdoc/>
    public bool IsFixedSize => false;

    /// <inheritdoc/>
    public bool IsReadOnly => false;

    /// <inheritdoc/>
    public bool IsSynchronized => false;

    /// <inheritdoc/>
    public object SyncRoot => entries;

    /// <inheritdoc/>
    public ICollection Keys => entries.Select(e => e.Key).ToArray();

    /// <inheritdoc/>
    public ICollection Values => entries.Select(e => e.Value).ToArray();

    /// <summary>The value of a key; null where it is not there. Setting keeps the key's place or adds it at the end.</summary>
    public object? this[object key]
    {
        get => IndexOf(key) is var at and >= 0 ? entries[at].Value : null;
        set
        {
            if (IndexOf(key) is var at and >= 0)
            {
                entries[at] = new DictionaryEntry(entries[at].Key, value);
            }
            else
            {
                entries.Add(new DictionaryEntry(key, value));
            }
        }
    }

    /// <inheritdoc/>
    public void Add(object key, object? value)
    {
        if (Contains(key))
        {
            throw new ArgumentException($"The key '{key}' is there already.", nameof(key));
        }

        entries.Add(new DictionaryEntry(key, value));
    }

    /// <inheritdoc/>
    public void Clear() => entries.Clear();

    /// <inheritdoc/>
    public bool Contains(object key) => IndexOf(key) >= 0;

    /// <inheritdoc/>
    public void Remove(object key)
    {
        if (IndexOf(key) is var at and >= 0)
        {
            entries.RemoveAt(at);
        }
    }

    /// <inheritdoc/>
    public void CopyTo(Array array, int index) => ((ICollection)entries).CopyTo(array, index);

    /// <inheritdoc/>
    public IDictionaryEnumerator GetEnumerator() => new Enumerator(entries);

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // A duplicate key on the wire stays as it is.
    internal void AddRaw(object? key, object? value) => entries.Add(new DictionaryEntry(key!, value));

    private int IndexOf(object? key)
    {
        // PowerShell's 1 is an int, the wire's a long.
        var wanted = key is int number ? (long)number : key;
        return entries.FindIndex(e => Equals(e.Key, wanted));
    }

    private sealed class Enumerator(List<DictionaryEntry> entries) : IDictionaryEnumerator
    {
        private int at = -1;

        public DictionaryEntry Entry => entries[at];

        public object Key => Entry.Key;

        public object? Value => Entry.Value;

        public object Current => Entry;

        public bool MoveNext() => ++at < entries.Count;

        public void Reset() => at = -1;
    }
}
