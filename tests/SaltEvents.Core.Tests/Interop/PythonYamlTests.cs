using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using SaltEvents.Core.Configuration;
using SaltEvents.Tests;
using Xunit;

namespace SaltEvents.Core.Tests.Interop;

/// <summary>Documents of configuration, read here and by PyYAML with Salt's rules.</summary>
public sealed class PythonYamlTests(PythonMsgpack python) : IClassFixture<PythonMsgpack>
{
    // A document that PyYAML refuses may be accepted: Salt would not have started with it.
    [NeedsFact(What = "python3-yaml")]
    public void Every_document_that_PyYAML_accepts_is_read_alike() => Assert.Empty(Differences(YamlExamples.AsWritten(), mayRefuse: false));

    // A document with a random change may be refused, but must not be read differently.
    [NeedsFact(What = "python3-yaml")]
    public void A_document_with_random_changes_is_refused_or_read_alike() => Assert.Empty(Differences(YamlExamples.WithRandomChanges(), mayRefuse: true));

    private List<string> Differences(IEnumerable<string> documents, bool mayRefuse)
    {
        Skip.If(
            python.Ask("yaml", ("text", "a: 1")).ValueKind != JsonValueKind.Object,
            "No Python with PyYAML: install Debian's python3-yaml."
        );
        var differences = new List<string>();
        foreach (var text in documents)
        {
            var expected = python.Ask("yaml", ("text", text));
            if (expected.ValueKind != JsonValueKind.Object)
            {
                continue; // no YAML, or no map
            }

            var (found, problem) = Read(text);
            if (!(mayRefuse && problem is not null) && !JsonNode.DeepEquals(JsonNode.Parse(expected.GetRawText()), found))
            {
                differences.Add(
                    $"{text.Replace("\n", "\\n", StringComparison.Ordinal)}\n    Python: {expected.GetRawText()}\n    here:   {problem ?? found!.ToJsonString()}"
                );
            }
        }

        return differences;
    }

    private static (JsonNode? Found, string? Problem) Read(string text)
    {
        try
        {
            return (Shape(YamlFile.Parse("f", text.TrimStart('\uFEFF'))), null);
        }
        catch (SaltConfigurationException e)
        {
            return (null, e.Message);
        }
    }

    private static JsonNode? Shape(ConfigurationValue value)
    {
        if (value.Items is { } items)
        {
            return new JsonArray([.. items.Select(Shape)]);
        }

        return value.Entries is { } entries
            ? new JsonObject(entries.Select(e => KeyValuePair.Create(e.Key, Shape(e.Value))))
            : (JsonNode)string.Create(CultureInfo.InvariantCulture, $"{TypeOf(value.Content)} {value.Text}");
    }

    private static string TypeOf(object? content) =>
        content switch
        {
            null => "NoneType",
            bool => "bool",
            long => "int",
            double => "float",
            _ => "str",
        };
}
