using System.Linq;
using SaltEvents.Objects;

namespace SaltEvents;

/// <summary>Called by SaltEvents.psm1 when the module is removed. Not for scripts.</summary>
public static class ModuleRemoval
{
    /// <summary>Ends what this runspace has open. Other runspaces of the process may still use the module.</summary>
    /// <returns>What to warn of.</returns>
    public static string[] OnRemove() => OpenTargets.CloseCurrent().SelectMany(Describe).ToArray();

    private static string[] Describe(SaltEventTarget stopped) =>
        stopped switch
        {
            SaltEventRelay relay => relay.ReadAndResetDropped() is { } dropped ? [TextOf(relay), dropped] : [TextOf(relay)],
            _ =>
            [
                $"The {stopped} was stopped because the module was removed. The commands of this session use no other bus unless a parameter names it or Start-SaltEventBus starts one.",
            ],
        };

    private static string TextOf(SaltEventRelay relay) =>
        $"{relay} was stopped because the module was removed. Events of that site are in the stream only while a relay runs.";
}
