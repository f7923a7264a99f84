using System;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace SaltEvents.Tests;

/// <summary>A runspace with the module imported, and a directory for its buses.</summary>
internal sealed class Shell : IDisposable
{
    private readonly TempDirectory directory = new();

    public Shell(bool import = true, ScreenHost? host = null)
    {
        var state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
        {
            state.ExecutionPolicy = Microsoft.PowerShell.ExecutionPolicy.Bypass;
        }

        Runspace = host is null ? RunspaceFactory.CreateRunspace(state) : RunspaceFactory.CreateRunspace(host, state);
        Runspace.Open();
        Runspace.DefaultRunspace = Runspace; // for the properties of what comes out, on the test's own thread
        this["dir"] = directory.Path;
        if (import)
        {
            Import();
        }
    }

    public Runspace Runspace { get; }

    /// <summary>This shell's own directory; <c>$dir</c> in its scripts.</summary>
    public string Directory => directory.Path;

    public object? this[string variable]
    {
        get => Runspace.SessionStateProxy.GetVariable(variable);
        set => Runspace.SessionStateProxy.SetVariable(variable, value);
    }

    public void Import() => Run($"Import-Module '{Repository.Manifest}'").Good();

    /// <summary>Runs a script to its end.</summary>
    public ShellResult Run(string script)
    {
        using var run = Start(script);
        return run.Finish();
    }

    /// <summary>The terminating error of a script. One that only goes to the error stream does not count.</summary>
    public ErrorRecord Fails(string script) => Run($"try {{ {script} }} catch {{ throw }}").Terminating;

    /// <summary>Starts a script and returns at once.</summary>
    public ShellRun Start(string script) => new(this, script);

    /// <summary>Starts a bus on Unix sockets in this shell's directory; <c>$bus</c> in its scripts.</summary>
    public dynamic StartBus(string parameters = "")
    {
        // ZeroMQ over Unix sockets is for Linux.
        var place =
            parameters.Contains("ZeroMq", StringComparison.Ordinal) && !OperatingSystem.IsLinux()
                ? "-PubPort 0 -PullPort 0"
                : "-SockDir $dir";
        Run($"$bus = Start-SaltEventBus {place} {parameters}").Good();
        return PSObject.AsPSObject(this["bus"]!);
    }

    public void Dispose()
    {
        Runspace.DefaultRunspace = null;
        Runspace.Dispose();
        directory.Dispose();
    }
}
