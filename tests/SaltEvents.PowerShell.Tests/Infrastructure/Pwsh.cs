using System;
using System.Diagnostics;
using System.IO;
using System.Runtime.InteropServices;

namespace SaltEvents.Tests;

/// <summary>The PowerShell of .config/dotnet-tools.json. Its process is "dotnet", as it is for everybody who installed it so.</summary>
internal static class Pwsh
{
    // The runtime of this process is in <root>/shared/Microsoft.NETCore.App/<version>.
    private static readonly string DotNetRoot = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    public static ChildProcess Run(string[] arguments, TimeSpan? limit = null) => ChildProcess.Run(Start(arguments), limit);

    /// <summary>How to start it, without profile and prompts.</summary>
    public static ProcessStartInfo Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(
            Path.Combine(DotNetRoot, "dotnet"),
            [Repository.Metadata("Pwsh"), "-NoProfile", "-NonInteractive", .. arguments]
        );
        // Start-Job starts the pwsh beside pwsh.dll, which looks for the runtime here.
        start.Environment["DOTNET_ROOT"] = DotNetRoot;
        return start;
    }
}
