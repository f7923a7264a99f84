using System;
using System.Linq;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace SaltEvents.Core.Configuration;

/// <summary>
/// What Salt's reader (PyYAML over libyaml) refuses and YamlDotNet's does not. Salt skips an included file with such a thing.
/// </summary>
internal static class YamlRules
{
    private static readonly string[] ScalarTags = ["str", "int", "float", "bool", "null", "binary", "timestamp", "merge"];
    private static readonly string[] ListTags = ["seq", "omap", "pairs"];
    private static readonly string[] MapTags = ["map", "set"];

    // The halves of a pair are a character beyond 16 bits.
    private static readonly Regex Unprintable = new(@"[^\t\n\r -~\u0085\u00A0-\uFFFD]", RegexOptions.CultureInvariant);

    /// <summary>The first character that YAML does not allow, and its line; null if there is none.</summary>
    public static (int Line, string Problem)? Check(string text) => Unprintable.Match(text) is { Success: true } found
        ? (LineOf(text, found.Index), $"YAML does not allow the character U+{(int)found.Value[0]:X4}")
        : null;

    /// <summary>What is wrong with a value or key; null if nothing is.</summary>
    public static string? Check(NodeEvent node, bool isKey)
    {
        if (!node.Tag.IsEmpty && !node.Tag.IsNonSpecific && !TagsOf(node).Any(name => node.Tag.Value == YamlFile.StandardTag + name))
        {
            return $"Salt does not know the tag {node.Tag} here";
        }

        return node switch
        {
            Scalar { Style: ScalarStyle.Plain, Value: "=" or "<<", Tag.IsEmpty: true } sign when !isKey => $"{sign.Value} must be in quotes",
            Scalar { Style: ScalarStyle.Plain, Value: { Length: > 0 } text } when "%@`|>".IndexOf(text[0]) >= 0 =>
                $"text that starts with {text[0]} must be in quotes",
            _ => null,
        };
    }

    /// <summary>The line of a character.</summary>
    public static int LineOf(string text, int position) => text.Take(position).Count(c => c == '\n') + 1;

    private static string[] TagsOf(NodeEvent node) => node switch
    {
        Scalar => ScalarTags,
        SequenceStart => ListTags,
        _ => MapTags,
    };
}
