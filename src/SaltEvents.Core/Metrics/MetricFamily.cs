using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Metrics;

/// <summary>One metric with a value for each set of labels, in the text format of Prometheus (version 0.0.4).</summary>
/// <param name="name">Its name.</param>
/// <param name="type">counter or gauge.</param>
/// <param name="help">What it is.</param>
/// <param name="labels">The names of the labels, in the order of the text.</param>
internal sealed class MetricFamily(string name, string type, string help, params string[] labels)
{
    // Anyone who can fire can invent names: from so many sets of labels on, new ones count together.
    private const int Capacity = 100_000;
    private readonly SortedDictionary<string, double> values = new(StringComparer.Ordinal);

    public int Count => values.Count;

    public void Add(double amount, params string[] labelValues)
    {
        var key = Key(labelValues);
        values.TryGetValue(key, out var before);
        values[key] = before + amount;
    }

    public void Set(double value, params string[] labelValues) => values[Key(labelValues)] = value;

    public void Write(StringBuilder text)
    {
        if (values.Count == 0)
        {
            return;
        }

        text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n');
        text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        foreach (var value in values)
        {
            text.Append(name).Append(value.Key).Append(' ').Append(value.Value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        }
    }

    private string Key(string[] labelValues)
    {
        var key = Format(labelValues);
        return values.Count < Capacity || values.ContainsKey(key) ? key : Format(Array.ConvertAll(labels, _ => TopCounter.Others));
    }

    private string Format(string[] labelValues) =>
        labels.Length == 0
            ? string.Empty
            : "{" + string.Join(",", labels.Select((label, i) => $"{label}=\"{Escape(labelValues[i])}\"")) + "}";

    // The text may be shown on a terminal. Labels that differ only in control characters count as one, so none occurs twice.
    private static string Escape(string value) =>
        DisplayText.OneLine(value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n"));
}
