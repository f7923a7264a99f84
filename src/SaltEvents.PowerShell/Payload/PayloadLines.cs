using System.Collections.Generic;
using System.Linq;
using System.Text;
using SaltEvents.Core.Recording;

namespace SaltEvents.Payload;

/// <summary>
/// Writes a payload for a person, a line for each value: what is nested and long is indented below its name. Without secrets.
/// </summary>
internal sealed class PayloadLines(int maxLength)
{
    // Beside the names of a list view, at 80 columns.
    private const int Width = 60;
    private const int Step = 2;

    private readonly StringBuilder text = new();

    /// <summary>Fields, one below the other.</summary>
    public static string Format(IEnumerable<(string Name, object? Value)> fields, int maxLength) =>
        new PayloadLines(maxLength).AppendAll(fields, 0).ToString();

    /// <summary>A value: on one line if it is short.</summary>
    public static string Format(object? value, int maxLength)
    {
        var line = new PayloadText(maxLength).AppendValue(value).ToString();
        return line.Length > Width && FieldsOf(value) is { } fields ? Format(fields, maxLength) : line;
    }

    /// <inheritdoc/>
    public override string ToString() => text.ToString().TrimEnd('\n');

    private PayloadLines AppendAll(IEnumerable<(string Name, object? Value)> fields, int indent)
    {
        foreach (var (name, value) in fields.TakeWhile(_ => text.Length < maxLength))
        {
            Append(name, value, indent);
        }

        return this;
    }

    private void Append(string name, object? value, int indent)
    {
        // An item of a list has no name.
        var line =
            name.Length > 0
                ? new PayloadText(maxLength).AppendField(name, value).ToString()
                : "- " + new PayloadText(maxLength).AppendValue(value);
        if (indent + line.Length > Width && !SecretFields.Contains(name) && FieldsOf(value) is { } fields)
        {
            AppendLine(name.Length > 0 ? name + ":" : "-", indent);
            AppendAll(fields, indent + Step);
        }
        else
        {
            AppendLine(line, indent);
        }
    }

    // Further lines of a value are indented, so that no value looks like another field.
    private void AppendLine(string line, int indent) =>
        text.Append(' ', indent).Append(line.Replace("\r\n", "\n").Replace("\n", "\n" + new string(' ', indent + Step))).Append('\n');

    private static IEnumerable<(string Name, object? Value)>? FieldsOf(object? value) =>
        PayloadText.FieldsOf(value) ?? PayloadText.ItemsOf(value)?.Cast<object?>().Select(item => (string.Empty, item));
}
