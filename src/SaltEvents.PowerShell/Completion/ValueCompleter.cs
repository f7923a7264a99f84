using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace SaltEvents.Completion;

/// <summary>
/// The base of the completers: what is typed filters the values, values are quoted if necessary, nothing that would control the
/// terminal is offered or told, and an error completes nothing.
/// </summary>
public abstract class ValueCompleter : IArgumentCompleter
{
    private const string Plain = "-_./:@+";

    private protected ValueCompleter()
    {
    }

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            if (!IsFor(parameterName, commandAst))
            {
                return [];
            }

            var typed = (wordToComplete ?? string.Empty).Trim('\'', '"');
            // Nothing is taken for a wildcard that does not look like one.
            var pattern =
                WildcardPattern.ContainsWildcardCharacters(typed) && typed.IndexOf('[') < 0
                    ? new WildcardPattern(
                        typed + "*",
                        Comparison == StringComparison.Ordinal ? WildcardOptions.None : WildcardOptions.IgnoreCase
                    )
                    : null;
            return Offer(commandName ?? string.Empty, typed)
                .Where(o => pattern?.IsMatch(o.Value) ?? o.Value.StartsWith(typed, Comparison))
                .Where(o => o.Value.Length > 0 && TerminalText.OneLine(o.Value) == o.Value)
                .GroupBy(o => o.Value, StringComparer.Ordinal)
                .Select(g => g.First())
                .Select(o => new CompletionResult(
                    Quote(o.Value),
                    o.Value,
                    CompletionResultType.ParameterValue,
                    o.About.Length > 0 ? TerminalText.OneLine(o.About) : o.Value
                ))
                .ToArray();
        }
        catch (Exception)
        {
            return []; // whatever is wrong, completion must not disturb typing
        }
    }

    /// <summary>Whether there is something to offer where it is typed.</summary>
    private protected virtual bool IsFor(string parameter, CommandAst command) => true;

    /// <summary>How what is typed is compared with what can be offered.</summary>
    private protected virtual StringComparison Comparison => StringComparison.OrdinalIgnoreCase;

    /// <summary>All that can be offered, the likeliest first, and what to say of it.</summary>
    private protected abstract IEnumerable<(string Value, string About)> Offer(string command, string typed);

    private protected virtual string Quote(string value) =>
        value.All(c => char.IsLetterOrDigit(c) || Plain.IndexOf(c) >= 0) && value[0] != '-' && value[0] != '@'
            ? value
            : "'" + CodeGeneration.EscapeSingleQuotedStringContent(value) + "'";
}
