using System.Management.Automation;
using SaltEvents.Core.Compat;

namespace SaltEvents.Execution;

/// <summary>
/// The base of every cmdlet. What a cmdlet writes may contain tags, ids and file names of others, which must not control
/// the terminal: these methods hide those that write a text unchanged. Errors are made by <see
/// cref="Errors.ErrorRecords"/>.
/// </summary>
public abstract class ModuleCommand : PSCmdlet
{
    private protected ModuleCommand()
    {
    }

    internal new void WriteWarning(string text) => base.WriteWarning(DisplayText.OneLine(text));

    internal new void WriteVerbose(string text) => base.WriteVerbose(DisplayText.OneLine(text));

    internal new bool ShouldProcess(string target, string action) =>
        base.ShouldProcess(DisplayText.OneLine(target), DisplayText.OneLine(action));
}
