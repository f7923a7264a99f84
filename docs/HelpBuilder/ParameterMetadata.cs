using System;
using System.Collections.Generic;
using System.Linq;

namespace SaltEvents.HelpBuilder;

/// <summary>A block of parameter metadata, as platyPS writes it: a key and a value a line.</summary>
internal sealed class ParameterMetadata
{
    private const string AllSets = "(All)";

    private static readonly string[] Keys =
    [
        "Type",
        "Parameter Sets",
        "Aliases",
        "Accepted values",
        "Required",
        "Position",
        "Default value",
        "Accept pipeline input",
        "Accept wildcard characters",
    ];

    private readonly Dictionary<string, string> values = [];

    public ParameterMetadata(IEnumerable<string> lines, int firstLine)
    {
        foreach (
            var (text, line) in lines.Select((text, index) => (text, firstLine + index)).Where(l => !string.IsNullOrWhiteSpace(l.text))
        )
        {
            var parts = text.Split(':', 2, StringSplitOptions.TrimEntries);
            if (parts.Length < 2 || !Keys.Contains(parts[0]) || !values.TryAdd(parts[0], parts[1]))
            {
                throw new HelpPageException(line, $"'{text}' is no line of parameter metadata. Known keys: {string.Join(", ", Keys)}.");
            }
        }

        var missing = Keys.Where(k => k is not ("Aliases" or "Accepted values") && Get(k).Length == 0).ToArray();
        if (missing.Length > 0)
        {
            throw new HelpPageException(firstLine, $"Parameter metadata without {string.Join(", ", missing)}.");
        }
    }

    public string Type => Get("Type");

    public bool IsSwitch => Type == "SwitchParameter";

    public string Aliases => Get("Aliases") is { Length: > 0 } aliases ? aliases : "none";

    public IReadOnlyList<string> AcceptedValues =>
        Get("Accepted values").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public bool IsRequired => Get("Required") == "True";

    public string Position => Get("Position").ToLowerInvariant();

    public string DefaultValue => Get("Default value");

    public string PipelineInput => Get("Accept pipeline input");

    public bool AcceptsWildcards => Get("Accept wildcard characters") == "True";

    public bool IsIn(string parameterSet) =>
        Get("Parameter Sets") is var sets && (sets == AllSets || sets.Split(',', StringSplitOptions.TrimEntries).Contains(parameterSet));

    private string Get(string key) => values.GetValueOrDefault(key, string.Empty);
}
