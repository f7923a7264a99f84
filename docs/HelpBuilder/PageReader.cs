using System;
using System.Linq;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace SaltEvents.HelpBuilder;

/// <summary>Reads a cmdlet's page, which has the form that platyPS gives it.</summary>
internal static class PageReader
{
    private const string CommonParameters = "CommonParameters";

    /// <exception cref="HelpPageException">The page is not in that form.</exception>
    public static HelpPage Read(MarkdownDocument document)
    {
        var page = Section.Of(document);
        return new HelpPage(
            page.Title,
            page["SYNOPSIS"].Text(),
            ParameterSets(page["SYNTAX"]),
            page["DESCRIPTION"].Text(),
            page["EXAMPLES"].Inner.Select(Example).ToArray(),
            page["PARAMETERS"].Inner.Where(s => s.Title != CommonParameters).Select(Parameter).ToArray(),
            page["INPUTS"].Inner.Select(Type).ToArray(),
            page["OUTPUTS"].Inner.Select(Type).ToArray(),
            page["NOTES"].Text(),
            page["RELATED LINKS"].Blocks.OfType<ParagraphBlock>().SelectMany(p => p.Inline!.OfType<LinkInline>()).Select(Link).ToArray());
    }

    // One set has no heading; of several each has, and one is marked as the default.
    private static string[] ParameterSets(Section syntax) => syntax.Inner.Count == 0
        ? [string.Empty]
        : syntax.Inner.Select(s => s.Title.Replace("(Default)", string.Empty, StringComparison.Ordinal).Trim()).ToArray();

    private static HelpExample Example(Section example)
    {
        var code = example
            .Blocks.TakeWhile(b => b is CodeBlock)
            .Cast<CodeBlock>()
            .Select(c => string.Join("\n", PlainText.Lines(c)))
            .ToArray();
        var remarks = example.Blocks.Skip(code.Length).SelectMany(Section.TextOf).ToArray();
        return code.Length > 0 && remarks.Length > 0
            ? new HelpExample(example.Title, string.Join("\n\n", code), remarks)
            : throw new HelpPageException(
                example.Line,
                "An example has code, what it prints, and then a sentence that says what it does."
            );
    }

    private static HelpParameter Parameter(Section parameter)
    {
        var metadata = parameter.Blocks.OfType<FencedCodeBlock>().Where(c => c.Info == "yaml")
            .Select(c => new ParameterMetadata(PlainText.Lines(c), c.Line + 2)).ToArray();
        var text = parameter.Blocks.Where(b => b is not FencedCodeBlock).SelectMany(Section.TextOf).ToArray();
        return parameter.Title.StartsWith('-') && metadata.Length > 0 && text.Length > 0
            ? new HelpParameter(parameter.Title.TrimStart('-'), text, metadata)
            : throw new HelpPageException(parameter.Line, "A parameter has a name with a dash, a text and a yaml block of metadata.");
    }

    private static HelpType Type(Section type) => new(type.Title, type.Text());

    private static HelpLink Link(LinkInline link)
    {
        var url = link.Url!;
        var text = string.Concat(link.OfType<LiteralInline>().Select(l => l.Content.ToString()));
        return new HelpLink(text, url.EndsWith(".md", StringComparison.Ordinal) ? string.Empty : url);
    }
}
