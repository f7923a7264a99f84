using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using SaltEvents.Payload.Lazy;

namespace SaltEvents;

/// <summary>
/// A payload's map as it was on the bus: in its order, keys of any type and case-sensitive. A .NET dictionary has no null key; this has.
/// </summary>
public sealed class SaltDictionary : IDictionary
{
    private readonly LazyMap map;

    /// <summary>An empty one.</summary>
    public SaltDictionary()
        : this(new LazyMap(new byte[] { 0x80 }))
    {
    }

    internal SaltDictionary(LazyMap map) => this.map = map;

    /// <inheritdoc/>
    public int Count => map.Count;

    /// <inheritdoc/>
    public bool IsFixedSize => false;

    /// <inheritdoc/>
    public bool IsReadOnly => false;

    /// <inheritdoc/>
    public bool IsSynchronized => false;

    /// <inheritdoc/>
    public object SyncRoot => this;

    /// <inheritdoc/>
    public ICollection Keys => map.Live.Select(map.GetKey).ToArray();

    /// <inheritdoc/>
    public ICollection Values => map.Live.Select(ValueOf).ToArray();

    /// <summary>The value of a key; null if it is not there. Setting keeps the key's place or adds it at the end.</summary>
    public object? this[object key]
    {
        get => Find(key) is var at and >= 0 ? ValueOf(at) : null;
        set
        {
            if (Find(key) is var at and >= 0)
            {
                map.SetValue(at, value);
            }
            else
            {
                map.Add(ToWire(key), value);
            }
        }
    }

    /// <inheritdoc/>
    public void Add(object key, object? value)
    {
        if (Contains(key))
        {
            throw new ArgumentException($"The key '{TerminalText.OneLine(key)}' already exists.", nameof(key));
        }

        map.Add(ToWire(key), value);
    }

    /// <inheritdoc/>
    public void Clear()
    {
        foreach (var field in map.Live.ToArray())
        {
            map.Remove(field);
        }
    }

    /// <inheritdoc/>
    public bool Contains(object key) => Find(key) >= 0;

    /// <inheritdoc/>
    public void Remove(object key)
    {
        if (Find(key) is var at and >= 0)
        {
            map.Remove(at);
        }
    }

    /// <inheritdoc/>
    public void CopyTo(Array array, int index)
    {
        foreach (var field in map.Live)
        {
            array.SetValue(EntryOf(field), index++);
        }
    }

    /// <inheritdoc/>
    public IDictionaryEnumerator GetEnumerator() => new Enumerator(map.Live.Select(EntryOf).GetEnumerator());

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // PowerShell's 1 is an int, the wire's a long.
    private static object ToWire(object key) => key is int number ? (long)number : key;

    private int Find(object key) => map.FindKey(ToWire(key));

    private object? ValueOf(int field) => LazyNode.RawOf(map.GetValue(field));

    private DictionaryEntry EntryOf(int field) => new(map.GetKey(field)!, ValueOf(field));

    private sealed class Enumerator(IEnumerator<DictionaryEntry> entries) : IDictionaryEnumerator
    {
        public DictionaryEntry Entry => entries.Current;

        public object Key => Entry.Key;

        public object? Value => Entry.Value;

        public object Current => Entry;

        public bool MoveNext() => entries.MoveNext();

        public void Reset() => throw new NotSupportedException("Enumerate the dictionary again.");
    }
}
