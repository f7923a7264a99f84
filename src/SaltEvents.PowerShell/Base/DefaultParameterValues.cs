using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;

namespace SaltEvents.Base;

/// <summary>The defaults of $PSDefaultParameterValues. PowerShell does not tell which of them it has used.</summary>
internal static class DefaultParameterValues
{
    /// <summary>Whether the value of a parameter can be a default, because there is one that equals it.</summary>
    public static bool CanHaveSet(this PSCmdlet command, string parameter, object value) =>
        command.GetVariableValue("PSDefaultParameterValues") is IDictionary defaults
        && defaults
            .Cast<DictionaryEntry>()
            .Any(d =>
                d.Key is string key
                && new WildcardPattern(key.Substring(key.LastIndexOf(':') + 1).Trim(), WildcardOptions.IgnoreCase).IsMatch(parameter)
                && (value is Uri[] || d.Value is ScriptBlock || string.Equals(Text(value), Text(d.Value), StringComparison.OrdinalIgnoreCase))
            );

    private static string Text(object? value) =>
        LanguagePrimitives.GetEnumerable(value) is { } items ? string.Join(",", items.Cast<object>()) : $"{value}";
}
