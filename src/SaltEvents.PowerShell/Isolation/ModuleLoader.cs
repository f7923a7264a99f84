using System;
using System.IO;
using SaltEvents.State;

namespace SaltEvents;

/// <summary>What SaltEvents.psm1 calls. Not for scripts.</summary>
public static class ModuleLoader
{
    private static readonly object Gate = new();
    private static bool initialized;

    /// <summary>
    /// Lets this assembly find its private dependencies in deps/. Once for the process, and never undone: other runspaces
    /// may use the module.
    /// </summary>
    public static void Initialize()
    {
        lock (Gate)
        {
            if (!initialized)
            {
                var directory = Path.GetDirectoryName(typeof(ModuleLoader).Assembly.Location)!;
                Isolation.DependencyResolver.Register(Path.Combine(directory, "deps"));
                initialized = true;
            }
        }
    }

    /// <summary>Ends what this runspace has open.</summary>
    public static void OnRemove() => OpenTargets.CloseCurrent();
}
