using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using SaltEvents.Core.Framing;

namespace SaltEvents.Core.Recording;

/// <summary>
/// Finds the events in a text: JSON values one a line or over several lines, in an array or not, and lines "tag, tabulator,
/// JSON". A value that does not end before the next one starts, at the left edge, is torn.
/// </summary>
public static class RecordingReader
{
    /// <summary>
    /// The longest line, in bytes, and the longest value, in characters: that of an event of <see cref="FrameLimits.DefaultMaxFrameBytes"/>
    /// whose data are bytes, with its own bytes beside them.
    /// </summary>
    private const int MaxLength = 4 * FrameLimits.DefaultMaxFrameBytes;

    private static readonly char[] Separators = [' ', '\t', '\r', ',', ']', '\uFEFF'];

    /// <summary>The events in their order, of a text that is not compressed any longer.</summary>
    /// <exception cref="InvalidDataException">The compressed data are damaged; what came before has been given.</exception>
    /// <exception cref="IOException">A line, or a value over several lines, is too long.</exception>
    public static IEnumerable<RecordingItem> Read(Stream stream) => Read(stream, MaxLength);

    internal static IEnumerable<RecordingItem> Read(Stream stream, int maxLength)
    {
        using var reader = new StreamReader(new LineLimitStream(stream, maxLength), Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
        var value = new JsonScan();
        string? tag = null;
        var start = 0L;
        var number = 0L;
        while (reader.ReadLine() is { } line)
        {
            number++;
            var startsNew = value.IsOpen && StartsValue(line);
            if (startsNew || value.IsCutOff)
            {
                yield return new RecordingItem(start, tag, value.Take(), IsTorn: true);
            }

            var at = 0;
            while (true)
            {
                if (!value.IsOpen)
                {
                    at = Start(line, at, out tag);
                    start = number;
                    if (at >= line.Length)
                    {
                        break;
                    }
                }

                at = value.Scan(line, at);
                if (value.IsOpen)
                {
                    if (value.Length > maxLength)
                    {
                        throw new IOException($"The value that starts in line {start} has more than {maxLength} characters.");
                    }

                    break;
                }

                yield return new RecordingItem(start, tag, value.Take(), IsTorn: false);
            }
        }

        if (value.IsOpen)
        {
            yield return new RecordingItem(start, tag, value.Take(), IsTorn: true);
        }
    }

    // Inside a value that is written over several lines, everything but its closing bracket is indented.
    private static bool StartsValue(string line) =>
        line.Length > 0 && (line[0] == '{' || (line.IndexOf("\t{", StringComparison.Ordinal) > 0 && !char.IsWhiteSpace(line[0])));

    // Where the next value starts, and the tag before it. The brackets and commas of an array around all values are ignored.
    private static int Start(string line, int at, out string? tag)
    {
        tag = null;
        while (at < line.Length && (Array.IndexOf(Separators, line[at]) >= 0 || (line[at] == '[' && IsArray(line, at))))
        {
            at++;
        }

        if (at < line.Length && line[at] is not '{' && line.IndexOf('\t', at) is var tab and >= 0)
        {
            tag = line.Substring(at, tab - at);
            at = tab + 1;
        }

        return at;
    }

    private static bool IsArray(string line, int at)
    {
        var rest = line.Substring(at + 1).TrimStart();
        return rest.Length == 0 || rest[0] is '{' or ']';
    }
}
