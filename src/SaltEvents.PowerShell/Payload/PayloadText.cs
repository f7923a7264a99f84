using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Text;
using SaltEvents.Core.Events;
using SaltEvents.Core.Recording;
using SaltEvents.Payload.Lazy;

namespace SaltEvents.Payload;

/// <summary>Writes values of a payload as text for people, without secrets, up to a length.</summary>
internal sealed class PayloadText(int maxLength)
{
    /// <summary>The placeholder for a secret.</summary>
    public const string Hidden = "(secret)";

    // What the tag or another column says already, and what says nothing to a reader.
    private static readonly string[] Skipped = ["_stamp", "cmd", "pretag", "tag", "jid"];

    private readonly StringBuilder text = new();

    private bool IsFull => text.Length > maxLength;

    /// <inheritdoc/>
    public override string ToString() => text.ToString();

    /// <summary>Writes a text as it is.</summary>
    public PayloadText Append(string words)
    {
        text.Append(words, 0, Math.Min(words.Length, maxLength));
        return this;
    }

    /// <summary>Writes a payload: the fields of a map one after the other, without those that say nothing.</summary>
    public PayloadText AppendPayload(object? payload) =>
        FieldsOf(payload) is { } fields ? AppendFields(fields.Where(f => !Skipped.Contains(f.Name)), " ") : AppendValue(payload);

    /// <summary>Writes a value in a payload.</summary>
    public PayloadText AppendValue(object? value)
    {
        if (IsFull)
        {
            return this;
        }

        if (FieldsOf(value) is { } fields)
        {
            return Append("{").AppendFields(fields, ",").Append("}");
        }

        return value switch
        {
            null => Append("null"),
            string words => Append(words),
            bool flag => Append(flag ? "true" : "false"),
            DateTime time => Append(SaltTime.FormatText(time)),
            byte[] bytes => Append(string.Format(CultureInfo.InvariantCulture, "({0} bytes)", bytes.Length)),
            _ when ItemsOf(value) is { } items => AppendItems(items),
            LazyNode node => AppendValue(node.Data),
            PSObject wrapped => AppendValue(wrapped.BaseObject),
            _ => Append(Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty),
        };
    }

    /// <summary>Writes a field, but not the value of a secret.</summary>
    public PayloadText AppendField(string name, object? value)
    {
        Append(name).Append("=");
        return SecretFields.Contains(name) ? Append(Hidden) : AppendValue(value);
    }

    /// <summary>The fields of a map, without the value of one that it names as a secret; null for anything else.</summary>
    public static IEnumerable<(string Name, object? Value)>? FieldsOf(object? value) => value switch
    {
        LazyMap map => Shown(map.Fields, map.TryGetValue),
        PSObject { BaseObject: PSCustomObject } map => Shown(
            map.Properties.Select(p => (p.Name, (object?)p.Value)),
            name => map.Properties[name]?.Value
        ),
        _ => null,
    };

    /// <summary>The items of a list, without the values of pairs of a name and a secret; null for anything else.</summary>
    public static IList? ItemsOf(object? value)
    {
        if (ListOf(value) is not { } items || SecretFields.FindSecretItems(items, ListOf) is not { } secret)
        {
            return ListOf(value);
        }

        return items
            .Cast<object?>()
            .Select((item, i) => !secret[i] ? item : ListOf(item) is { } pair ? new[] { pair[0], Hidden } : Hidden)
            .ToArray();
    }

    private static IEnumerable<(string Name, object? Value)> Shown(
        IEnumerable<(string Name, object? Value)> fields,
        Func<string, object?> find
    ) => fields.Select(f => SecretFields.IsSecretValue(f.Name, find) ? (f.Name, Hidden) : f);

    private static IList? ListOf(object? value) => value switch
    {
        PSObject { BaseObject: not PSCustomObject } wrapped => ListOf(wrapped.BaseObject),
        LazyList list => list.Items,
        byte[] => null,
        _ => value as IList,
    };

    private PayloadText AppendFields(IEnumerable<(string Name, object? Value)> fields, string separator)
    {
        var between = string.Empty;
        foreach (var (name, value) in fields.TakeWhile(_ => !IsFull))
        {
            Append(between).AppendField(name, value);
            between = separator;
        }

        return this;
    }

    private PayloadText AppendItems(IList items)
    {
        Append("[");
        for (var i = 0; i < items.Count && !IsFull; i++)
        {
            Append(i > 0 ? "," : string.Empty).AppendValue(items[i]);
        }

        return Append("]");
    }
}
