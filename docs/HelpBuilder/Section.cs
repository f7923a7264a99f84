using System;
using System.Collections.Generic;
using System.Linq;
using Markdig.Extensions.Yaml;
using Markdig.Syntax;

namespace SaltEvents.HelpBuilder;

/// <summary>A heading, what is written right below it, and the sections inside.</summary>
internal sealed record Section(string Title, int Line, IReadOnlyList<Block> Blocks, IReadOnlyList<Section> Inner)
{
    /// <summary>The first section of a page, with all others inside.</summary>
    public static Section Of(MarkdownDocument page)
    {
        var blocks = page.Where(b => b is not (YamlFrontMatterBlock or LinkReferenceDefinitionGroup)).ToArray();
        return blocks is [HeadingBlock { Level: 1 } first, ..] && blocks.Skip(1).All(b => b is not HeadingBlock { Level: 1 })
            ? Of(first, blocks.Skip(1))
            : throw new HelpPageException(1, "A page starts with its name as the only heading of the first level.");
    }

    /// <summary>The section inside with this title; an error where it is not there.</summary>
    public Section this[string title] => Inner.SingleOrDefault(s => s.Title.Equals(title, StringComparison.OrdinalIgnoreCase))
        ?? throw new HelpPageException(Line, $"{Title} has no section {title}, or two.");

    /// <summary>The paragraphs and lists below the heading, as text.</summary>
    public IReadOnlyList<string> Text() => Blocks.SelectMany(TextOf).ToArray();

    public static IEnumerable<string> TextOf(Block block) => block switch
    {
        ParagraphBlock paragraph => [PlainText.Of(paragraph)],
        ListBlock list => PlainText.Items(list),
        _ => throw new HelpPageException(block.Line + 1, $"Only paragraphs and lists can stand here, no {block.GetType().Name}."),
    };

    private static Section Of(HeadingBlock heading, IEnumerable<Block> after)
    {
        var blocks = after.ToArray();
        var own = blocks.TakeWhile(b => b is not HeadingBlock).ToArray();
        var inner = new List<Section>();
        for (var at = own.Length; at < blocks.Length;)
        {
            var next = (HeadingBlock)blocks[at];
            var count = blocks.Skip(at + 1).TakeWhile(b => b is not HeadingBlock h || h.Level > next.Level).Count();
            inner.Add(Of(next, blocks.Skip(at + 1).Take(count)));
            at += count + 1;
        }

        return new Section(PlainText.Of(heading), heading.Line + 1, own, inner);
    }
}
