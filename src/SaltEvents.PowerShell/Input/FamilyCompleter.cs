using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using SaltEvents.Core.Templates;

namespace SaltEvents.Input;

/// <summary>Completes -Family with the families that events can be made of.</summary>
public sealed class FamilyCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var typed = (wordToComplete ?? string.Empty).Trim('\'', '"');
        return EventTemplates.All
            .Where(t => t.Family.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            .OrderBy(t => t.Family, StringComparer.Ordinal)
            .Select(t => new CompletionResult(t.Family, t.Family, CompletionResultType.ParameterValue, $"{t.Family}: takes {string.Join(", ", t.Uses.Select(u => "-" + u).Append("-Data").Append("-Timestamp"))}"));
    }
}
