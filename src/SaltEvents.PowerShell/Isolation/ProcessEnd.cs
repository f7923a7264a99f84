using System;

namespace SaltEvents.Isolation;

/// <summary>Raises an event when the process ends, normally or by a signal. Since .NET 10 a signal does not raise ProcessExit.</summary>
internal static class ProcessEnd
{
#if !NETFRAMEWORK
    // Kept for the life of the process: a registration that is collected is gone.
    private static readonly IDisposable[] Signals = OperatingSystem.IsWindows() ? [] :
    [
        System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, _ => Raise()),
        System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGHUP, _ => Raise()),
    ];
#endif

    static ProcessEnd() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Raise();

    public static event Action? Ending;

    private static void Raise() => Ending?.Invoke();
}
