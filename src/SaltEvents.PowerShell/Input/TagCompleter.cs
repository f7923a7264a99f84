using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using SaltEvents.Output;

namespace SaltEvents.Input;

/// <summary>Completes -Tag with the forms of Salt's own tags.</summary>
public sealed class TagCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var typed = wordToComplete.Trim('\'', '"');
        return TagFamilies.Patterns
            .Where(p => p.Pattern.StartsWith(typed, StringComparison.Ordinal))
            .Select(p => new CompletionResult("'" + p.Pattern + "'", p.Pattern, CompletionResultType.ParameterValue, p.Family + ": " + p.Pattern));
    }
}
