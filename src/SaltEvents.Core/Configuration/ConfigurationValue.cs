using System.Collections.Generic;
using System.Globalization;

namespace SaltEvents.Core.Configuration;

/// <summary>One value of Salt's configuration, of any type, and its place.</summary>
public sealed class ConfigurationValue
{
    internal ConfigurationValue(object? content, SettingOrigin origin, long size = 1)
    {
        Content = content;
        Origin = origin;
        Size = size;
    }

    /// <summary>
    /// The value as Salt's YAML reader returns it: null, a bool, long, double or string; or a list or map, see <see cref="Items"/> and
    /// <see cref="Entries"/>.
    /// </summary>
    public object? Content { get; }

    /// <summary>Where it is set.</summary>
    public SettingOrigin Origin { get; }

    /// <summary>The items of a list; null if it is not one.</summary>
    public IReadOnlyList<ConfigurationValue>? Items => Content as IReadOnlyList<ConfigurationValue>;

    /// <summary>The entries of a map; null if it is not one.</summary>
    public IReadOnlyDictionary<string, ConfigurationValue>? Entries => Content as IReadOnlyDictionary<string, ConfigurationValue>;

    /// <summary>Whether Python's if takes it as true: 'False' in quotes is.</summary>
    internal bool IsTruthy => Content is not (null or false or "" or 0L or 0.0) && Items is not { Count: 0 } && Entries is not { Count: 0 };

    /// <summary>How many values it contains, including itself; an alias counts as the values that it refers to.</summary>
    internal long Size { get; }

    /// <summary>A scalar as Python's str() writes it, which is what Salt does with an id; null for a list or map.</summary>
    internal string? Text => Content switch
    {
        null => "None",
        true => "True",
        false => "False",
        double number => YamlScalar.FloatText(number),
        string text => text,
        long number => number.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    /// <summary>The value for an error message.</summary>
    public override string ToString() => Content switch
    {
        string text => "'" + (text.Length > 80 ? text.Substring(0, 80) + "..." : text) + "'",
        null => "empty",
        _ => Items is not null ? "a list" : Text ?? "a map",
    };
}
