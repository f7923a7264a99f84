using System;
using System.Text;

namespace SaltEvents.Core.Recording;

/// <summary>
/// Finds the end of a JSON value that may be spread over lines. Python's NaN, Infinity and -Infinity, which are no JSON,
/// become what <see cref="PayloadJsonReader"/> reads.
/// </summary>
internal sealed class JsonScan
{
    private readonly StringBuilder text = new();
    private int depth;
    private bool isInString;
    private bool isEscaped;

    /// <summary>Whether a value has started and not ended.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>How long the value is so far, in characters.</summary>
    public int Length => text.Length;

    /// <summary>Whether a line ended inside a string, which JSON does not allow.</summary>
    public bool IsCutOff => IsOpen && isInString;

    /// <summary>Takes the line from a place on; gives the place after the value, or the line's end.</summary>
    public int Scan(string line, int at)
    {
        IsOpen = true;
        var start = at;
        while (at < line.Length)
        {
            var c = line[at];
            if (isInString)
            {
                isInString = isEscaped || c != '"';
                isEscaped = !isEscaped && c == '\\';
                at++;
                continue;
            }

            if ((c is 'N' or 'I' || (c == '-' && at + 1 < line.Length && line[at + 1] == 'I')) && Special(line, at) is { } special)
            {
                text.Append(line, start, at - start).Append("{\"$float\":\"").Append(special).Append("\"}");
                at += special.Length;
                start = at;
                continue;
            }

            at++;
            isInString = c == '"';
            depth += c is '{' or '[' ? 1 : c is '}' or ']' ? -1 : 0;
            if (depth <= 0 && c is '}' or ']')
            {
                IsOpen = false;
                break;
            }
        }

        text.Append(line, start, at - start);
        // A value that is neither an object nor an array ends with its line.
        if (IsOpen && depth == 0)
        {
            IsOpen = false;
            isInString = false;
        }

        return at;
    }

    /// <summary>The value so far; the next one starts from the beginning.</summary>
    public string Take()
    {
        var value = text.ToString();
        text.Clear();
        depth = 0;
        IsOpen = isInString = isEscaped = false;
        return value;
    }

    private static string? Special(string line, int at)
    {
        foreach (var special in new[] { "NaN", "Infinity", "-Infinity" })
        {
            if (string.CompareOrdinal(line, at, special, 0, special.Length) == 0)
            {
                return special;
            }
        }

        return null;
    }
}
