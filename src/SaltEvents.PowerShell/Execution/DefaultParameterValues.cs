using System;
using System.Collections;
using System.Globalization;
using System.Linq;
using System.Management.Automation;

namespace SaltEvents.Execution;

/// <summary>The defaults of $PSDefaultParameterValues. PowerShell does not show which of them it has used.</summary>
internal static class DefaultParameterValues
{
    /// <summary>Whether the value of a parameter can be a default, because there is one that equals it.</summary>
    public static bool CanHaveSet(this PSCmdlet command, string parameter, object? value) =>
        command.GetVariableValue("PSDefaultParameterValues") is IDictionary { Count: > 0 } defaults
        && !defaults.Cast<DictionaryEntry>().Any(IsSwitchedOff)
        && defaults
            .Cast<DictionaryEntry>()
            .Any(d =>
                d.Key is string key
                && IsFor(key, command.MyInvocation.MyCommand?.Name, parameter)
                && (value is Uri[] || d.Value is ScriptBlock || AreSame(value, d.Value))
            );

    private static bool IsSwitchedOff(DictionaryEntry entry) =>
        entry.Key is string key
        && key.Trim().Equals("Disabled", StringComparison.OrdinalIgnoreCase)
        && LanguagePrimitives.IsTrue(entry.Value);

    // A key is Command:Parameter, with wildcards; about_Parameters_Default_Values.
    private static bool IsFor(string key, string? command, string parameter)
    {
        var colon = key.LastIndexOf(':');
        return colon > 0
            && Matches(key.Substring(colon + 1), parameter)
            && (command is null || Matches(key.Substring(0, colon), command));
    }

    private static bool Matches(string pattern, string name) =>
        new WildcardPattern(pattern.Trim(' ', '\'', '"'), WildcardOptions.IgnoreCase).IsMatch(name);

    // The parameter has the default in its own type.
    private static bool AreSame(object? value, object? given) =>
        string.Equals(Text(value), Text(given), StringComparison.OrdinalIgnoreCase)
        || (
            value is not null
            && LanguagePrimitives.TryConvertTo(given, value.GetType(), CultureInfo.InvariantCulture, out var converted)
            && value.Equals(converted)
        );

    private static string Text(object? value) =>
        LanguagePrimitives.GetEnumerable(value) is { } items ? string.Join(",", items.Cast<object>()) : $"{value}";
}
