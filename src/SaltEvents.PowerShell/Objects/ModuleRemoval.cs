using System.Linq;
using SaltEvents.Objects;

namespace SaltEvents;

/// <summary>What SaltEvents.psm1 calls when the module is removed. Not for scripts.</summary>
public static class ModuleRemoval
{
    /// <summary>Ends what this runspace has open. Other runspaces of the process may still use the module.</summary>
    /// <returns>What to warn of.</returns>
    public static string[] OnRemove() => OpenTargets.CloseCurrent()
        .Select(bus => $"The {bus} has ended with the module. Until another one is started, the commands of this session use no bus unless a parameter names it.")
        .ToArray();
}
