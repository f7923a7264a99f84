using System.Collections;
using System.Collections.Generic;

namespace SaltEvents.Objects;

/// <summary>
/// A list whose items are created only as far as they are read. Format-Table only asks every object for its first property, and the other
/// properties of an event cost the most.
/// </summary>
internal sealed class DeferredList<T>(IEnumerable<T> items) : IList<T>
{
    private List<T>? all;

    public int Count => All.Count;

    public bool IsReadOnly => false;

    private List<T> All => all ??= [.. items];

    public T this[int index]
    {
        get => All[index];
        set => All[index] = value;
    }

    public IEnumerator<T> GetEnumerator() => (all ?? items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Add(T item) => All.Add(item);

    public void Clear() => All.Clear();

    public bool Contains(T item) => All.Contains(item);

    public void CopyTo(T[] array, int arrayIndex) => All.CopyTo(array, arrayIndex);

    public int IndexOf(T item) => All.IndexOf(item);

    public void Insert(int index, T item) => All.Insert(index, item);

    public bool Remove(T item) => All.Remove(item);

    public void RemoveAt(int index) => All.RemoveAt(index);
}
