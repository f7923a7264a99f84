using System.Collections.Generic;

namespace SaltEvents.HelpBuilder;

/// <summary>The help of one cmdlet. Texts are plain, a string a paragraph.</summary>
internal sealed record HelpPage(
    string Name,
    IReadOnlyList<string> Synopsis,
    IReadOnlyList<string> ParameterSets,
    IReadOnlyList<string> Description,
    IReadOnlyList<HelpExample> Examples,
    IReadOnlyList<HelpParameter> Parameters,
    IReadOnlyList<HelpType> Inputs,
    IReadOnlyList<HelpType> Outputs,
    IReadOnlyList<string> Notes,
    IReadOnlyList<HelpLink> Links);

/// <summary>An example: what is typed and printed, and what it does.</summary>
internal sealed record HelpExample(string Title, string Code, IReadOnlyList<string> Remarks);

/// <summary>A parameter, with its metadata in each parameter set that it is in.</summary>
internal sealed record HelpParameter(string Name, IReadOnlyList<string> Description, IReadOnlyList<ParameterMetadata> Metadata);

/// <summary>What comes in through the pipeline or goes out.</summary>
internal sealed record HelpType(string Name, IReadOnlyList<string> Description);

/// <summary>A related topic.</summary>
internal sealed record HelpLink(string Text, string Uri);
