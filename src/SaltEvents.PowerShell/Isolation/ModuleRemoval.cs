using SaltEvents.State;

namespace SaltEvents;

/// <summary>What SaltEvents.psm1 calls when the module is removed. Not for scripts.</summary>
public static class ModuleRemoval
{
    /// <summary>Ends what this runspace has open. Other runspaces of the process may still use the module.</summary>
    public static void OnRemove() => OpenTargets.CloseCurrent();
}
