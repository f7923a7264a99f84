using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Xml.Linq;

namespace SaltEvents.HelpBuilder;

/// <summary>Writes pages as MAML, which Get-Help reads.</summary>
internal static class MamlWriter
{
    private static readonly XNamespace Root = "http://msh";
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    public static XDocument Write(IEnumerable<HelpPage> pages) =>
        new(new XElement(Root + "helpItems", new XAttribute("schema", "maml"), pages.Select(Write)));

    private static XElement Write(HelpPage page) => new(
        Command + "command",
        new XAttribute(XNamespace.Xmlns + "maml", Maml),
        new XAttribute(XNamespace.Xmlns + "command", Command),
        new XAttribute(XNamespace.Xmlns + "dev", Dev),
        new XElement(
            Command + "details",
            new XElement(Command + "name", page.Name),
            new XElement(Command + "verb", page.Name.Split('-')[0]),
            new XElement(Command + "noun", page.Name.Split('-')[^1]),
            Paragraphs(Maml + "description", page.Synopsis)),
        Paragraphs(Maml + "description", page.Description),
        new XElement(Command + "syntax", page.ParameterSets.Select(set => SyntaxItem(page, set))),
        new XElement(Command + "parameters", page.Parameters.Select(p => Parameter(p, p.Metadata[0], inSyntax: false))),
        new XElement(Command + "inputTypes", page.Inputs.Select(t => Type(Command + "inputType", t))),
        new XElement(Command + "returnValues", page.Outputs.Select(t => Type(Command + "returnValue", t))),
        new XElement(Maml + "alertSet", Paragraphs(Maml + "alert", page.Notes)),
        new XElement(Command + "examples", page.Examples.Select(Example)),
        new XElement(Command + "relatedLinks", page.Links.Select(l => new XElement(
            Maml + "navigationLink", new XElement(Maml + "linkText", l.Text), new XElement(Maml + "uri", l.Uri)))));

    private static XElement SyntaxItem(HelpPage page, string set) =>
        new(
            Command + "syntaxItem",
            new XElement(Maml + "name", page.Name),
            page.Parameters.Select(p => (Parameter: p, Metadata: p.Metadata.FirstOrDefault(m => m.IsIn(set))))
                .Where(p => p.Metadata is not null)
                .OrderBy(p =>
                    int.TryParse(p.Metadata!.Position, NumberStyles.None, CultureInfo.InvariantCulture, out var position)
                        ? position
                        : int.MaxValue
                )
                .ThenBy(p => !p.Metadata!.IsRequired)
                .Select(p => Parameter(p.Parameter, p.Metadata!, inSyntax: true))
        );

    private static XElement Parameter(HelpParameter parameter, ParameterMetadata metadata, bool inSyntax) =>
        new(
            Command + "parameter",
            new XAttribute("required", Flag(metadata.IsRequired)),
            new XAttribute("variableLength", Flag(metadata.Type.EndsWith("[]", System.StringComparison.Ordinal))),
            new XAttribute("globbing", Flag(metadata.AcceptsWildcards)),
            new XAttribute("pipelineInput", metadata.PipelineInput),
            new XAttribute("position", metadata.Position),
            new XAttribute("aliases", metadata.Aliases),
            new XElement(Maml + "name", parameter.Name),
            Paragraphs(Maml + "description", parameter.Description),
            metadata.AcceptedValues.Count > 0 ? AcceptedValues(metadata) : null,
            // A switch takes no value; in the syntax it must not show one.
            inSyntax && metadata.IsSwitch
                ? null
                : new XElement(
                    Command + "parameterValue",
                    new XAttribute("required", Flag(!metadata.IsSwitch)),
                    new XAttribute("variableLength", "false"),
                    metadata.Type
                ),
            new XElement(Dev + "type", new XElement(Maml + "name", metadata.Type), new XElement(Maml + "uri")),
            new XElement(Dev + "defaultValue", metadata.DefaultValue)
        );

    private static XElement AcceptedValues(ParameterMetadata metadata) => new(
        Command + "parameterValueGroup",
        metadata.AcceptedValues.Select(v => new XElement(
            Command + "parameterValue", new XAttribute("required", "false"), new XAttribute("variableLength", "false"), v)));

    private static XElement Type(XName name, HelpType type) => new(
        name,
        new XElement(Dev + "type", new XElement(Maml + "name", type.Name), new XElement(Maml + "uri")),
        Paragraphs(Maml + "description", type.Description));

    private static XElement Example(HelpExample example) => new(
        Command + "example",
        new XElement(Maml + "title", $"--- {example.Title} ---"),
        new XElement(Dev + "code", example.Code),
        Paragraphs(Dev + "remarks", example.Remarks));

    private static XElement Paragraphs(XName name, IEnumerable<string> texts) =>
        new(name, texts.Select(t => new XElement(Maml + "para", t)));

    private static string Flag(bool value) => value ? "true" : "false";
}
