using System.Linq;
using System.Management.Automation;

namespace SaltEvents.Tests;

/// <summary>Events as a runspace without the module reads them.</summary>
public abstract class SerializationTestBase : EventTestBase
{
    // What a runspace that does not know the module makes of an event.
    private protected PSObject Dead(string script)
    {
        var text = (string)Shell.Run($"[Management.Automation.PSSerializer]::Serialize(({script}))").Value!;
        using var other = new Shell(import: false);
        try
        {
            other["text"] = text;
            return other.Run(", [Management.Automation.PSSerializer]::Deserialize($text)").Output.Single();
        }
        finally
        {
            System.Management.Automation.Runspaces.Runspace.DefaultRunspace = Shell.Runspace;
        }
    }
}
