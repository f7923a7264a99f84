using System.Collections.Generic;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace SaltEvents.Base;

/// <summary>
/// Runs the script block of -Trigger, which causes what a command waits for. Its output is not a result of the command and
/// goes to the information stream. Its errors stay errors, and an exception in it ends the command.
/// </summary>
internal static class TriggerBlock
{
    private const string Call = "param($Trigger) & $Trigger";
    private static readonly string[] Tags = ["SaltTrigger"];

    /// <summary>Runs the block, and returns its output.</summary>
    public static IReadOnlyList<PSObject> Run(PSCmdlet command, ScriptBlock trigger)
    {
        var output = command.InvokeCommand.InvokeScript(Call, useNewScope: false, PipelineResultTypes.Error, null, trigger);
        foreach (var item in output)
        {
            command.WriteInformation(item, Tags);
        }

        return output;
    }
}
