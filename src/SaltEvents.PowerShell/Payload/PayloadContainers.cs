using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Data;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml;

namespace SaltEvents.Payload;

/// <summary>Decides which of .NET's collections are maps and which are lists.</summary>
internal static class PayloadContainers
{
    /// <summary>The entries of a map; null for anything else.</summary>
    public static IEnumerable<(object? Key, object? Value)>? EntriesOf(object value) => value switch
    {
        IDictionary dictionary => EntriesOf(dictionary),
        NameValueCollection pairs => Enumerable.Range(0, pairs.Count).Select(i => ((object?)pairs.GetKey(i), ValuesOf(pairs, i))),
        StringDictionary texts => texts.Cast<DictionaryEntry>().Select(e => ((object?)e.Key, (object?)e.Value)),
        DataRow row => row.Table.Columns.Cast<DataColumn>().Select(column => ((object?)column.ColumnName, (object?)row[column])),
        DataRowView view => EntriesOf(view.Row),
        IEnumerable when PairType(value.GetType()) is { } pair => PairsOfType(value, pair),
        _ => JsonValues.EntriesOf(value),
    };

    /// <summary>
    /// The items of a list; of an array of several dimensions its rows. Null for anything else, and for what a list would lose a part of.
    /// </summary>
    public static IEnumerable<object?>? ItemsOf(object value) => value switch
    {
        Array { Rank: > 1 } array => Rows(array, []),
        ITuple tuple => Enumerable.Range(0, tuple.Length).Select(i => tuple[i]),
        DataTable table => table.Rows.Cast<object?>(),
        XmlNode => null, // a tree: its children are not all of it
        NameObjectCollectionBase => null, // its enumerator returns only the keys
        IEnumerable when Implements(value.GetType(), typeof(IGrouping<,>)) => null, // a list, but for its key
        IEnumerable items => items.Cast<object?>(),
        _ => JsonValues.ItemsOf(value),
    };

    private static IEnumerable<(object? Key, object? Value)> EntriesOf(IDictionary dictionary)
    {
        // Its own enumerator: what foreach gives may be of another type.
        var entries = dictionary.GetEnumerator();
        while (entries.MoveNext())
        {
            yield return (entries.Key, entries.Value);
        }
    }

    private static object? ValuesOf(NameValueCollection pairs, int index) =>
        pairs.GetValues(index) is { Length: > 1 } several ? several : pairs.Get(index);

    // A dictionary only by its generic interfaces, or a sequence of pairs that is not a list.
    private static Type? PairType(Type type)
    {
        var pair = type.GetInterfaces()
            .Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEnumerable<>))
            .Select(i => i.GetGenericArguments()[0])
            .FirstOrDefault(t => t.IsGenericType && t.GetGenericTypeDefinition() == typeof(KeyValuePair<,>));
        var isDictionary = Implements(type, typeof(IDictionary<,>)) || Implements(type, typeof(IReadOnlyDictionary<,>));
        return isDictionary || !typeof(IList).IsAssignableFrom(type) ? pair : null;
    }

    // By the interface: some collections give other things to those who do not ask for pairs.
    private static IEnumerable<(object? Key, object? Value)> PairsOfType(object value, Type pair) =>
        (IEnumerable<(object? Key, object? Value)>)
            typeof(PayloadContainers)
                .GetMethod(nameof(Pairs), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(pair.GetGenericArguments())
                .Invoke(null, [value])!;

    private static IEnumerable<(object? Key, object? Value)> Pairs<TKey, TValue>(IEnumerable<KeyValuePair<TKey, TValue>> pairs) =>
        pairs.Select(p => ((object?)p.Key, (object?)p.Value));

    private static bool Implements(Type type, Type definition) =>
        type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == definition);

    private static object?[] Rows(Array array, int[] at)
    {
        var dimension = at.Length;
        return Enumerable.Range(array.GetLowerBound(dimension), array.GetLength(dimension))
            .Select(i => at.Append(i).ToArray())
            .Select(next => next.Length == array.Rank ? array.GetValue(next) : Rows(array, next)).ToArray();
    }
}
