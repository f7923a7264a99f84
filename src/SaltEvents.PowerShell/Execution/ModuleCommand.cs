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

    /// <summary>Whether a parameter has a value, from the caller or from a default of $PSDefaultParameterValues.</summary>
    private protected bool IsGiven(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    /// <summary>
    /// Whether the caller has given a parameter. A default of $PSDefaultParameterValues is for many commands, and gives way if it does not
    /// fit.
    /// </summary>
    private protected bool IsGivenByCaller(string parameter) =>
        MyInvocation.BoundParameters.TryGetValue(parameter, out var value) && !this.CanHaveSet(parameter, value);

    internal new void WriteWarning(string text) => base.WriteWarning(DisplayText.OneLine(text));

    internal new void WriteVerbose(string text) => base.WriteVerbose(DisplayText.OneLine(text));

    internal new bool ShouldProcess(string target, string action) =>
        base.ShouldProcess(DisplayText.OneLine(target), DisplayText.OneLine(action));
}
