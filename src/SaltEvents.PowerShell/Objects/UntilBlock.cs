using System.Management.Automation;

namespace SaltEvents.Objects;

/// <summary>Asks the script block of -Until about an event or a job, which it has as $_. What it throws ends the command.</summary>
internal static class UntilBlock
{
    public static bool IsTrue(ScriptBlock block, object asked) =>
        LanguagePrimitives.IsTrue(block.InvokeWithContext(null, [new PSVariable("_", asked)]));
}
