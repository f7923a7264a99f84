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

    public override object Data => Show(ref data, DataOf, raw, RawOf);

    // Without nodes both views are the same array.
    public override object Raw => hasNodes ? Show(ref raw, RawOf, data, DataOf) : Data;

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

    // One of the two views. What a script has put into the other one is seen here too.
    private object?[] Show(ref object?[]? view, Func<object?, object?> form, object?[]? other, Func<object?, object?> otherForm)
    {
        view ??= items.Select(form).ToArray();
        for (var i = 0; other is not null && i < items.Length; i++)
        {
            if (ReferenceEquals(view[i], form(items[i])) && !ReferenceEquals(other[i], otherForm(items[i])))
            {
                view[i] = other[i];
            }
        }

        return view;
    }

    private bool IsReplaced(int index, out object? other)
    {
        other = null;
        if (data is not null && !ReferenceEquals(data[index], DataOf(items[index])))
        {
            other = data[index];
            return true;
        }

        if (raw is not null && !ReferenceEquals(raw[index], RawOf(items[index])))
        {
            other = raw[index];
            return true;
        }

        return false;
    }
}
