using System;
using System.Globalization;
using System.Linq;
using SaltEvents.Core.Framing;

namespace SaltEvents.Payload.Lazy;

/// <summary>An array. A script gets it as an array of its own, so an edit is an item that is no longer the one that was given.</summary>
internal sealed class LazyList : LazyNode
{
    private readonly object?[] items;
    private readonly bool hasNodes;
    private object?[]? data;
    private object?[]? raw;

    public LazyList(ReadOnlyMemory<byte> packed)
        : base(packed)
    {
        MessagePackToken.TryRead(packed.Span, 0, out var head);
        items = new object?[head.Values];
        var position = head.HeadLength;
        for (var i = 0; i < items.Length; i++)
        {
            MessagePackWalker.TryMeasure(packed.Span.Slice(position), out var length);
            items[i] = Read(packed.Slice(position, length));
            hasNodes |= items[i] is LazyNode;
            position += length;
        }
    }

    public override object Data => data ??= hasNodes ? items.Select(DataOf).ToArray() : (object?[])items.Clone();

    // Without nodes both views are the same array: what is edited in one is seen in the other.
    public override object Raw => raw ??= hasNodes ? items.Select(RawOf).ToArray() : (object?[])Data;

    /// <summary>The items: nodes, and values.</summary>
    public object?[] Items => items;

    public override bool Settle()
    {
        IsEdited = false;
        for (var i = 0; i < items.Length; i++)
        {
            IsEdited |= IsReplaced(i, out _) || (items[i] is LazyNode node && node.Settle());
        }

        return IsEdited;
    }

    protected override object? Build(string path)
    {
        var built = new object?[items.Length];
        for (var i = 0; i < built.Length; i++)
        {
            var place = string.Format(CultureInfo.InvariantCulture, "{0}[{1}]", path, i);
            built[i] = IsReplaced(i, out var other) ? PayloadBuilder.BuildValue(other, place)
                : items[i] is LazyNode node ? node.ToPayload(place)
                : PayloadBuilder.BuildValue(items[i], place);
        }

        return built;
    }

    private bool IsReplaced(int index, out object? other)
    {
        other = null;
        if (data is not null && !ReferenceEquals(data[index], DataOf(items[index])))
        {
            other = data[index];
            return true;
        }

        if (raw is not null && !ReferenceEquals(raw, data) && !ReferenceEquals(raw[index], RawOf(items[index])))
        {
            other = raw[index];
            return true;
        }

        return false;
    }
}
