using System.Management.Automation;

namespace SaltEvents.Base;

/// <summary>Asks the script block of -Until about an event, which it has as $_. What it throws ends the command.</summary>
internal static class UntilBlock
{
    public static bool IsTrue(ScriptBlock block, SaltEvent saltEvent) =>
        LanguagePrimitives.IsTrue(block.InvokeWithContext(null, [new PSVariable("_", saltEvent)]));
}
