using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace SaltEvents.Completion;

/// <summary>Completes a directory as PowerShell completes paths, but offers no files.</summary>
public sealed class DirectoryCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            return CompletionCompleters
                .CompleteFilename(wordToComplete ?? string.Empty)
                .Where(r => r.ResultType == CompletionResultType.ProviderContainer)
                .ToArray();
        }
        catch (Exception)
        {
            return []; // whatever is wrong, completion must not disturb typing
        }
    }
}
