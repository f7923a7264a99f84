using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Markdig.Extensions.Tables;
using Markdig.Syntax;

namespace SaltEvents.HelpBuilder;

/// <summary>Writes an about_ page as text of 80 columns, which Get-Help shows.</summary>
internal sealed class AboutWriter(TextWriter output)
{
    private const int Columns = 80;
    private const int Indent = 4;
    private const int Gap = 2;

    public static void Write(MarkdownDocument document, TextWriter output)
    {
        var page = Section.Of(document);
        var writer = new AboutWriter(output);
        output.Write($"TOPIC\n    {page.Title}\n");
        foreach (var part in page.Inner)
        {
            // Get-Help takes the synopsis from the fifth line.
            output.Write($"\n{part.Title.ToUpperInvariant()}\n");
            writer.WriteContent(part, isFirst: true);
        }
    }

    private void WriteContent(Section section, bool isFirst)
    {
        foreach (var block in section.Blocks)
        {
            if (!isFirst)
            {
                output.Write('\n');
            }

            isFirst = false;
            Write(block);
        }

        foreach (var inner in section.Inner)
        {
            output.Write($"\n  {inner.Title}\n");
            WriteContent(inner, isFirst: true);
        }
    }

    private void Write(Block block)
    {
        switch (block)
        {
            case Table table:
                Write(table);
                break;
            case CodeBlock code:
                WriteCode(code);
                break;
            case ListBlock list:
                foreach (var item in PlainText.Items(list))
                {
                    Wrap(item, Indent, Indent + 2);
                }

                break;
            default:
                foreach (var text in Section.TextOf(block))
                {
                    Wrap(text, Indent, Indent);
                }

                break;
        }
    }

    private void WriteCode(CodeBlock code)
    {
        foreach (var (line, index) in PlainText.Lines(code).Select((line, index) => (line, index)))
        {
            if (line.Length + Indent + 2 > Columns)
            {
                throw new HelpPageException(
                    code.Line + 2 + index,
                    $"This line of code is longer than the {Columns - Indent - 2} characters that Get-Help has room for."
                );
            }

            output.Write((new string(' ', Indent + 2) + line).TrimEnd() + "\n");
        }
    }

    // In columns where the last one keeps room to wrap in; otherwise a row is a short list.
    private void Write(Table table)
    {
        var rows = table.OfType<TableRow>().Select(r => r.OfType<TableCell>().Select(PlainText.Of).ToArray()).ToArray();
        var widths = Enumerable.Range(0, rows[0].Length - 1).Select(i => rows.Max(r => r[i].Length)).ToArray();
        var last = Indent + widths.Sum() + (widths.Length * Gap);
        if (last <= Columns / 2)
        {
            rows =
            [
                rows[0],
                [.. rows[0].Select((title, i) => new string('-', i < widths.Length ? widths[i] : title.Length))],
                .. rows[1..],
            ];
            foreach (var row in rows)
            {
                var start = string.Concat(row.SkipLast(1).Select((cell, i) => cell.PadRight(widths[i] + Gap)));
                Wrap(row[^1], Indent, last, start);
            }

            return;
        }

        foreach (var (row, index) in rows.Skip(1).Select((row, index) => (row, index)))
        {
            output.Write((index > 0 ? "\n" : string.Empty) + new string(' ', Indent) + row[0] + "\n");
            foreach (var (title, text) in rows[0].Zip(row).Skip(1))
            {
                Wrap(text, Indent + 2, Indent + 4, title + ": ");
            }
        }
    }

    private void Wrap(string text, int firstIndent, int otherIndent, string start = "")
    {
        var line = new string(' ', firstIndent) + start;
        var hasWord = false;
        foreach (var word in Words(text))
        {
            if (hasWord && line.Length + 1 + word.Length > Columns)
            {
                output.Write(line.TrimEnd() + "\n");
                line = new string(' ', otherIndent);
                hasWord = false;
            }

            line += (hasWord ? " " : string.Empty) + word;
            hasWord = true;
        }

        output.Write(line.TrimEnd() + "\n");
    }

    private static IEnumerable<string> Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
