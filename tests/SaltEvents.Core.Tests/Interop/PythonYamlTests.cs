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
    private static readonly string[] Scalars =
    [
        "0",
        "-0",
        "+0",
        "00",
        "0123",
        "-0123",
        "+017",
        "08",
        "-08",
        "0_1",
        "1_000",
        "1__0",
        "0b101",
        "-0b11",
        "0x1F",
        "0xffff_ffff",
        "-0x1f",
        "0o17",
        "1:30",
        "-1:30",
        "190:20:30",
        "1:60",
        "0:30",
        "1:30.5",
        "-1:30.5",
        "0:30.",
        "1.",
        "1.5",
        "1.50",
        "-1.5",
        ".5",
        "+.5",
        "1.e+3",
        "1.0e+20",
        "1.0e20",
        "1e3",
        "1_0.2_5",
        "0123.5",
        "1.0e+15",
        "1.0e+16",
        "123456789012345.6",
        "1234567890123456.0",
        "1.0e-5",
        "1.0e-4",
        "1.0e+400",
        "-1.0e+400",
        ".inf",
        "-.INF",
        "+.Inf",
        ".nan",
        ".NaN",
        ".iNF",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "-9223372036854775809",
        "100000000000000000000000",
        "0xFFFFFFFFFFFFFFFFFF",
        "yes",
        "No",
        "ON",
        "y",
        "n",
        "true",
        "TRUE",
        "tRUE",
        "~",
        "null",
        "Null",
        "nULL",
        "None",
        "",
        "2024-01-02",
        "2024-01-02 03:04:05",
        "2001-12-14t21:59:43.10-05:00",
        "a b",
        "a#b",
        "a #b",
        "a:b",
        "http://x/y",
        "c:\\temp",
        "'a''b'",
        "\"a\\tb\"",
        "\"\\/\"",
        "\"\\x41\\u00e9\"",
        "!!str 12",
        "!!int '12'",
        "!!float 5",
        "!!bool 'yes'",
        "! 12",
        "!!null ''",
        "*",
        "@x",
        "`x",
        "%x",
        "-",
        "- a",
        "?",
        "? a",
        "|",
        ">",
        ",",
        "[",
        "{",
        "]",
        "}",
        "'",
        "\"",
        "<<",
        "#",
        "!x y",
        "é",
        "\u00A0",
        "a\tb",
        "\ta",
        "a\t",
        "[a, b]",
        "[a, b,]",
        "[]",
        "{}",
        "{a: b}",
        "{a: b, }",
        "{a}",
        "{a:1}",
        "{\"a\":1}",
        "{a: }",
        "[a: b]",
        "[a, {b: c}]",
        "{1: a, '1': b}",
        "{1: a, true: b}",
        "{1: a, 1.0: b}",
        "{~: a}",
    ];

    private static readonly string[] Documents =
    [
        "",
        "\n",
        "# only",
        "---\n",
        "--- {}\n",
        "---\na: 1\n...\n",
        "a: 1\n---\nb: 2",
        "%YAML 1.1\n---\na: 1",
        "%YAML 1.2\n---\na: 1",
        "foo: \"a\nb\"",
        "foo: \"a\n  b\n\nc\"",
        "foo: 'a\nb'",
        "x:\n  foo: \"a\nb\nc\"\n  bar: 1",
        "l:\n- \"a\nb\"\n- c",
        "nodegroups: {1: a, \"1\": b}",
        "a: 1\na: 2",
        "1: a\n'1': b",
        "? a\n: b",
        "? [a]\n: b",
        "? a",
        "a",
        "- a",
        "5",
        "a: &x 1\nb: *x",
        "a: &x {k: v}\n<<: *x\nk: w",
        "a: &x {k: v}\nb:\n  <<: [*x, {l: m}]",
        "a: &x 1\nb: &x 2\nc: *x",
        "b: *nope",
        "a: |\n  x\n   y\n\n  z\nb: 1",
        "a: >-\n  x\n  y\n\n  z",
        "a: |2\n   x",
        "a: |+\n  x\n\n",
        "a: |\n x\n  y\n z",
        "a:\n- 1\n- 2",
        "a:\n  - 1\n  -\n    b: 1",
        "a:\n  b: 1\n c: 2",
        "a: 1\n b: 2",
        "a:\n\tb: 1",
        "a: b: c",
        "a: 'b' c",
        "a: [1,\n2]",
        "a: [1,\n2\n]\nb: 3",
        "a: [1, # c\n# d\n 2,\n\n3]",
        "a: [\"x\ny\", 'it''s\nz', a\"b\nc\"d]",
        "a: {\"b\":\n1}\nc: |\n  [x\nd: y\n  {z\ne: [1,\n2]",
        "- [a,\nb]",
        "x:\n- {a: b,\n  c: d\n}\n- [e,\nf]",
        "a: don't\nb: [1,\n2]",
        "a: \"x\\\"\ny\"",
        "a: \"x\\\ny\"",
        "a: &x [1,\n2]\nb: *x",
        "a b: 'c\nd' # [\ne: 1",
        "a:\n  \"b\nc\": d",
        "a: {b: 1,\nc: 2}",
        "a: b\n  c",
        "a: b\n  c: d",
        "a:\n  b\n  c",
        "a: b #c\n  d",
        "\"a\": 1",
        "'a b': 1",
        "a b: 1",
        "a : 1",
        "a:1",
        "a: 1\r\nb: 2\r\n",
        "a: 1\rb: 2",
        "a: \"x \\\n  y\"",
        "a: \"x\\ny\"",
        "\uFEFFa: 1",
        "a: \u2028b",
        "a: \u0085b",
        "a: '\n\n  b'",
        "a: -",
        "a: - b",
        "- - a",
        "a:\n  -b",
        "a: !!set {x, y}",
        "a: !!python/unicode x",
        "a: {\n}",
        "a: [\n]",
        "a:   # c\n  b: 1",
        "a: {b: [1, {c: d}]}",
        "a: {b: *c}",
        "a: [b c, d]",
        "a: [http://x, b]",
        "a: {b: http://x}",
        "a: {'b':c}",
        "a: [\"b\"]\nc: [d\n e]",
        "key: - a\n     - b",
        "a: \"b\n\"",
        "a: \"b\n\n\"\nc: 1",
        "a: ''\nb: \"\"",
        "a: '''x'''",
        "a: x\u0001y",
        "a: \t1",
        "a:\t1",
        "a: 1\t",
        "a: 1 \t# c",
        "a:\n  b: 1\n\t\n  c: 2",
        "a: 1\n\t\nb: 2",
        "  a: 1\n  b: 2",
        " a: 1\nb: 2",
        "a: !<tag:yaml.org,2002:str> 1",
        "a: !!int 12",
        "a: !!timestamp 2024-01-02",
        "a: !!map {b: c}",
        "a: !!seq [b]",
        "a: &b\n  c: d\ne: *b",
        "a: &b c\n*b : d",
        "&a a: b",
        "a: &b",
        "a: !!str",
        "*: 1",
        "a: [*]",
    ];

    private static IEnumerable<string> Written()
    {
        foreach (var scalar in Scalars)
        {
            yield return "a: " + scalar;
            yield return "l:\n  - " + scalar + "\nb: c";
            yield return scalar + ": v";
        }

        foreach (var document in Documents)
        {
            yield return document;
        }
    }

    private static IEnumerable<string> Mutated()
    {
        var random = new Random(4506);
        foreach (var document in Documents.Where(d => d.Length > 0))
        {
            for (var i = 0; i < 60; i++)
            {
                var at = random.Next(document.Length);
                yield return document.Remove(at, 1).Insert(at, "ab:-\n '\"#[]{},1 "[random.Next(16)].ToString());
            }
        }
    }

    // What PyYAML does not take may be taken: Salt would not have started with it.
    [NeedsFact(What = "python3-yaml")]
    public void What_PyYAML_takes_is_taken_and_read_alike() => Assert.Empty(Differences(Written(), mayRefuse: false));

    // What has been broken at random may be refused, but never be read as something else.
    [NeedsFact(What = "python3-yaml")]
    public void Nothing_is_read_as_something_else() => Assert.Empty(Differences(Mutated(), mayRefuse: true));

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
