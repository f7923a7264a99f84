using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Core.Events;

namespace SaltEvents.Payload.Lazy;

/// <content>What a script changes, in Data and in Raw alike, and what is sent then.</content>
internal sealed partial class LazyMap
{
    private bool isChanged;

    // What Add-Member has put into the map's object.
    private List<PSPropertyInfo>? added;

    /// <summary>Puts a value in the place of a field's.</summary>
    public void SetValue(int field, object? value)
    {
        lock (this)
        {
            fields[field].Value = value;
            fields[field].State = LazyFieldState.Set;
            isChanged = true;
        }
    }

    /// <summary>Adds a field with a key that is not there yet.</summary>
    public void Add(object? key, object? value)
    {
        lock (this)
        {
            Append(new LazyField { Key = key, Value = value, State = LazyFieldState.Set });
            ForgetIndexes();
            if (data is not null && GetName(used - 1) is { } name && data.Properties[name] is null)
            {
                fields[used - 1].IsShown = true;
                new LazyPropertySource(this).AddTo(data, used - 1, name);
            }
        }
    }

    /// <summary>Takes a field away.</summary>
    public void Remove(int field)
    {
        lock (this)
        {
            if (data is not null && fields[field].IsShown && GetName(field) is { } name)
            {
                data.Properties.Remove(name);
            }

            Drop(field);
        }
    }

    /// <inheritdoc/>
    public override bool Settle()
    {
        lock (this)
        {
            ReadMembers();
            IsEdited = isChanged || added?.Count > 0;
            for (var i = 0; i < used; i++)
            {
                IsEdited |= fields[i].State == LazyFieldState.Read && fields[i].Value is LazyNode node && node.Settle();
            }

            return IsEdited;
        }
    }

    /// <inheritdoc/>
    protected override object? Build(string path)
    {
        var map = new PayloadMap(Count + (added?.Count ?? 0));
        for (var i = 0; i < used; i++)
        {
            if (!IsRemoved(i))
            {
                map.Add(BuildKey(i, path), BuildValue(i, path));
            }
        }

        foreach (var property in (added ?? []).Where(p => p.IsGettable))
        {
            map.Add(property.Name, PayloadBuilder.BuildValue(property.Value, Join(path, property.Name)));
        }

        return map;
    }

    private static string Join(string path, object? key) => path.Length == 0 ? $"{key}" : $"{path}.{key}";

    // The key of the time stays text: who encodes the map looks for it.
    private object? BuildKey(int field, string path)
    {
        ref var entry = ref fields[field];
        return entry.KeyLength == 0 ? PayloadBuilder.BuildKey(entry.Key, Join(path, entry.Key))
            : entry.IsString && TextOf(entry).SequenceEqual("_stamp"u8) ? EventCodec.StampKey
            : new PayloadBytes(Packed.Slice(entry.KeyOffset, entry.KeyLength));
    }

    private object? BuildValue(int field, string path)
    {
        ref var entry = ref fields[field];
        return entry.State == LazyFieldState.Set ? PayloadBuilder.BuildValue(entry.Value, Join(path, GetKey(field)))
            : entry.State == LazyFieldState.Read && entry.Value is LazyNode node ? node.ToPayload(Join(path, GetKey(field)))
            : new PayloadBytes(Packed.Slice(entry.ValueOffset, entry.ValueLength));
    }

    // Properties can be added to the map's object, and removed from it, without its map hearing of it.
    private void ReadMembers()
    {
        if (data is null)
        {
            return;
        }

        var seen = new bool[used];
        added = [];
        foreach (var property in data.Properties)
        {
            if (property is LazyProperty own && own.Shows(this, out var field))
            {
                seen[field] = true;
            }
            else
            {
                added.Add(property);
            }
        }

        for (var i = 0; i < used; i++)
        {
            if (fields[i].IsShown && !seen[i])
            {
                Drop(i);
            }
        }
    }

    private void Drop(int field)
    {
        if (!IsRemoved(field))
        {
            fields[field].State = LazyFieldState.Removed;
            fields[field].IsShown = false;
            Count--;
            isChanged = true;
            ForgetIndexes();
        }
    }

    private void ForgetIndexes()
    {
        isChanged = true;
        byName = null;
        byKey = null;
    }
}
