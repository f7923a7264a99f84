using System;

namespace SaltEvents.Core.Client;

/// <summary>
/// A queue whose items have ever-increasing numbers, and whose items can be removed from the middle. It allocates nothing for an
/// item. Not safe for several threads.
/// </summary>
internal sealed class EventRing
{
    private const int InitialSize = 16;
    private object?[] items = new object?[InitialSize]; // null: removed from the middle

    /// <summary>How many items there are.</summary>
    public int Count { get; private set; }

    /// <summary>The number of the first item; if there is none, that of the next one that is added.</summary>
    public long First { get; private set; }

    /// <summary>The number of the next item that is added.</summary>
    public long End { get; private set; }

    /// <summary>The item of that number; null if it is not there any more, or not yet.</summary>
    public object? this[long number] => number >= First && number < End ? items[Index(number)] : null;

    public void Add(object item)
    {
        if (End - First == items.Length)
        {
            MakeRoom();
        }

        items[Index(End++)] = item;
        Count++;
    }

    /// <summary>The number of the item after that one; if there is none, that of the next one that is added.</summary>
    public long Next(long number)
    {
        do
        {
            number++;
        }
        while (number < End && items[Index(number)] is null);

        return number;
    }

    /// <summary>The number of the first item that has that number or a higher one; if there is none, that of the next one that is added.</summary>
    public long AtOrAfter(long number) => number <= First ? First : number >= End || this[number] is not null ? number : Next(number);

    /// <summary>Removes an item that is there.</summary>
    public void Remove(long number)
    {
        items[Index(number)] = null;
        Count--;
        First = number == First ? Next(number) : First;
    }

    public void Clear()
    {
        items = new object?[InitialSize];
        First = End;
        Count = 0;
    }

    // The items get new numbers above all old ones, so that an old number no longer finds anything.
    private void MakeRoom()
    {
        var moved = new object?[Count > items.Length / 2 ? items.Length * 2 : items.Length];
        var number = End;
        for (var old = First; old < End; old = Next(old))
        {
            moved[(int)(number++ & (moved.Length - 1))] = items[Index(old)];
        }

        (items, First, End) = (moved, End, number);
    }

    private int Index(long number) => (int)(number & (items.Length - 1));
}
