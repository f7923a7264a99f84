using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Linq;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Configuration;

/// <summary>
/// Makes values with their lines out of the events of YamlDotNet's parser, with Salt's rules: no key twice, one document, merge
/// keys (salt/utils/yamlloader.py, 3006.10). The values of an alias and a merge key are shared, and count in full
/// while it is read, so that none is a bomb.
/// </summary>
internal sealed class YamlFile
{
    /// <summary>The most values of one file.</summary>
    public const int MaxValues = 200_000;

    /// <summary>The deepest nesting.</summary>
    public const int MaxDepth = 100;

    /// <summary>What the tags of YAML itself start with.</summary>
    public const string StandardTag = "tag:yaml.org,2002:";
    private readonly string file;
    private readonly string text;
    private readonly Parser parser;
    private readonly Dictionary<string, ConfigurationValue> anchors = new(StringComparer.Ordinal);
    private long values;

    private YamlFile(string file, string text)
    {
        this.file = file;
        this.text = text;
        parser = new Parser(new YamlScanner(new StringReader(text)));
    }

    private ParsingEvent Current => parser.Current!;

    private SettingOrigin Here => new(file, (int)Math.Min(parser.Current?.Start.Line ?? 1, int.MaxValue));

    /// <summary>The document of a file; an empty map for an empty one.</summary>
    /// <exception cref="SaltConfigurationException">It is not YAML, too large, or not a map.</exception>
    public static ConfigurationValue Parse(string file, string text)
    {
        var readable = YamlRewriter.Rewrite(text, out var problem);
        return (YamlRules.Check(text) ?? problem) is var (line, why)
            ? throw SaltConfigurationException.At(new SettingOrigin(file, line), why + ".")
            : new YamlFile(file, readable).ReadDocument();
    }

    private ConfigurationValue ReadDocument()
    {
        Next();
        Next();
        if (Current is StreamEnd)
        {
            return Empty(Here);
        }

        Next();
        var root = ReadValue(0);
        Next();
        if (Current is not StreamEnd)
        {
            throw Invalid("a second document starts here; Salt accepts only one");
        }

        return root switch
        {
            { Entries: not null } => root,
            { IsTruthy: false } => Empty(root.Origin), // as Python's "or {}"
            // It may be any file, so nothing of it is shown: whoever may only watch must not read files with the rights of the account.
            _ => throw SaltConfigurationException.At(
                root.Origin,
                $"the document is {(root.Items is null ? "one value" : "a list")}; expected is a map of settings, such as \"ipc_mode: tcp\"."
            ),
        };
    }

    // Reads one value and moves behind it.
    private ConfigurationValue ReadValue(int depth, bool isKey = false)
    {
        if (depth > MaxDepth)
        {
            throw SaltConfigurationException.Limit(Here, $"it is nested deeper than {MaxDepth}.");
        }

        if (Current is AnchorAlias alias)
        {
            var known = anchors.TryGetValue(alias.Value.Value, out var target)
                ? target
                : throw Invalid($"the alias *{alias.Value} has no anchor before it");
            Next();
            Count(known.Size, known.Origin);
            return known;
        }

        var node = Current is NodeEvent any ? any : throw Invalid($"a value is missing ({Current})");
        Validate(node, isKey);
        Count(1, Here);
        var value = node switch
        {
            Scalar scalar => new ConfigurationValue(Content(scalar), Here),
            SequenceStart => ReadList(depth),
            _ => ReadMap(depth),
        };
        Next();

        if (!node.Anchor.IsEmpty)
        {
            anchors[node.Anchor.Value] = value;
        }

        return value;
    }

    private ConfigurationValue ReadList(int depth)
    {
        var origin = Here;
        var items = new List<ConfigurationValue>();
        Next();
        while (Current is not SequenceEnd)
        {
            items.Add(ReadValue(depth + 1));
        }

        return new ConfigurationValue(items, origin, 1 + items.Sum(i => i.Size));
    }

    private ConfigurationValue ReadMap(int depth)
    {
        var origin = Here;
        var entries = new Dictionary<string, ConfigurationValue>(StringComparer.Ordinal);
        var keys = new Dictionary<object, int>();
        var merged = new List<ConfigurationValue>();
        Next();
        while (Current is not MappingEnd)
        {
            var isMerge = Current is Scalar { Value: "<<", Style: ScalarStyle.Plain };
            var key = ReadValue(depth + 1, isKey: true);
            var name = key.Text ?? throw SaltConfigurationException.At(key.Origin, $"a key is {key}; expected is text.");
            var value = ReadValue(depth + 1);
            if (isMerge)
            {
                merged.AddRange(value.Items ?? [value]);
                continue;
            }

            var inPython = YamlScalar.AsKey(key.Content);
            if (keys.TryGetValue(inPython, out var line))
            {
                throw SaltConfigurationException.At(
                    key.Origin,
                    $"the key {name} occurs twice, first at line {line}; Salt accepts it only once."
                );
            }

            keys.Add(inPython, key.Origin.Line);
            if (key.Content is string || !entries.ContainsKey(name))
            {
                entries[name] = value; // a setting's name is text: 1 and "1" are two keys to Salt
            }
        }

        Merge(entries, merged);
        return new ConfigurationValue(entries, origin, 1 + entries.Values.Sum(v => v.Size));
    }

    private void Merge(Dictionary<string, ConfigurationValue> entries, List<ConfigurationValue> merged)
    {
        var own = new HashSet<string>(entries.Keys);
        foreach (var map in merged)
        {
            var source =
                map.Entries
                ?? throw SaltConfigurationException.At(map.Origin, $"the merge key << has {map}; expected is a map, or a list of maps.");
            foreach (var entry in source.Where(e => !own.Contains(e.Key)))
            {
                if (entries.ContainsKey(entry.Key))
                {
                    throw SaltConfigurationException.At(map.Origin, $"two maps of << have the key {entry.Key}; Salt accepts it only once.");
                }

                Count(entry.Value.Size, map.Origin);
                entries.Add(entry.Key, entry.Value);
            }
        }
    }

    private void Count(long more, SettingOrigin origin)
    {
        if ((values += more) > 2L * MaxValues) // keys are counted too
        {
            throw SaltConfigurationException.Limit(
                origin,
                $"the file has more than {MaxValues} values up to here, counting the values that aliases and merge keys refer to."
            );
        }
    }

    private static object? Content(Scalar scalar)
    {
        var tag = scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific ? null : scalar.Tag.Value;
        var typed =
            scalar.Tag.IsEmpty ? scalar.Style == ScalarStyle.Plain
            : scalar.Tag.IsNonSpecific ? scalar.Value.Length > 0
            : tag is StandardTag + "int" or StandardTag + "float" or StandardTag + "bool";
        var value = typed ? YamlScalar.Resolve(scalar.Value) : scalar.Value;
        return tag switch
        {
            StandardTag + "null" => null,
            StandardTag + "float" when value is long number => (double)number,
            _ => value,
        };
    }

    private void Validate(NodeEvent node, bool isKey)
    {
        if (YamlRules.Check(node, isKey) is { } problem)
        {
            throw Invalid(problem);
        }

        if (!node.Anchor.IsEmpty && anchors.ContainsKey(node.Anchor.Value))
        {
            throw Invalid($"the anchor &{node.Anchor} occurs twice; Salt accepts it only once");
        }
    }

    private void Next()
    {
        try
        {
            parser.MoveNext();
        }
        catch (YamlException e)
        {
            throw SaltConfigurationException.At(
                new SettingOrigin(file, (int)e.Start.Line),
                $"this is not YAML: {e.Clause()}.",
                e
            );
        }
        catch (Exception e)
            when (e is InvalidOperationException or ArgumentException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            // The parser's own slips over broken input.
            throw SaltConfigurationException.At(
                Here,
                "this is not YAML, here or after it: perhaps a bracket, brace or quote is not closed.",
                e
            );
        }
    }

    private SaltConfigurationException Invalid(string problem) => SaltConfigurationException.At(Here, problem + ".");

    private static ConfigurationValue Empty(SettingOrigin origin) => new(new Dictionary<string, ConfigurationValue>(), origin);
}
