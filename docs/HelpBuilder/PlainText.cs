using System.Collections.Generic;
using System.Linq;
using System.Text;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace SaltEvents.HelpBuilder;

/// <summary>Markdown as text for a terminal.</summary>
internal static class PlainText
{
    /// <summary>The text of a heading, a paragraph or a table cell: one line, without marks.</summary>
    public static string Of(LeafBlock block) => Of(block.Inline);

    /// <summary>The text of a table cell.</summary>
    public static string Of(TableCell cell) => string.Join(" ", cell.OfType<LeafBlock>().Select(Of));

    /// <summary>The lines of a block of code.</summary>
    public static IReadOnlyList<string> Lines(CodeBlock code) => code.Lines.ToString().TrimEnd().Split('\n');

    /// <summary>The paragraphs of a list: each item after a mark.</summary>
    public static IEnumerable<string> Items(ListBlock list) => list.OfType<ListItemBlock>().Select((item, index) =>
        (list.IsOrdered ? $"{index + 1}. " : "- ") + string.Join(" ", item.Select(ItemPart)));

    private static string ItemPart(Block block) => block is ParagraphBlock paragraph
        ? Of(paragraph)
        : throw new HelpPageException(block.Line + 1, "A list item can hold only text.");

    private static string Of(ContainerInline? inlines)
    {
        var text = new StringBuilder();
        foreach (var inline in inlines ?? [])
        {
            Append(text, inline);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, Inline inline)
    {
        switch (inline)
        {
            case LiteralInline literal:
                text.Append(literal.Content.AsSpan());
                break;
            case CodeInline code:
                text.Append(code.Content);
                break;
            case LineBreakInline:
                text.Append(' ');
                break;
            case HtmlEntityInline entity:
                text.Append(entity.Transcoded.AsSpan());
                break;
            case LinkInline { Url: { } url } link:
                AppendLink(text, Of((ContainerInline)link), url);
                break;
            case EmphasisInline emphasis:
                text.Append(Of((ContainerInline)emphasis));
                break;
            default:
                throw new HelpPageException(inline.Line + 1, $"Help text cannot show this ({inline.GetType().Name}).");
        }
    }

    // A link to another page is its name, which Get-Help takes.
    private static void AppendLink(StringBuilder text, string name, string url) =>
        text.Append(name).Append(url.EndsWith(".md", System.StringComparison.Ordinal) || url == name ? string.Empty : $" ({url})");
}
