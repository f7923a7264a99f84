using System.Management.Automation;

namespace SaltEvents.Objects;

/// <summary>Runs the script block of -Until for an event or a job, which is $_. An exception in it ends the command.</summary>
internal static class UntilBlock
{
    public static bool IsTrue(ScriptBlock block, object asked) =>
        LanguagePrimitives.IsTrue(block.InvokeWithContext(null, [new PSVariable("_", asked)]));
}
