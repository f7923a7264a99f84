using System;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>What a process of its own wrote, and how it ended.</summary>
internal sealed record ChildProcess(int ExitCode, string Output, string Errors)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>
    /// Runs a script in the engine, in a process of its own: <c>$manifest</c> is the module's, <c>$arguments</c> what is given here.
    /// </summary>
    public static ChildProcess Engine(string script, params string[] arguments)
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["script.ps1"], script);
        return Run("dotnet", [typeof(ChildProcess).Assembly.Location, directory["script.ps1"], .. arguments]);
    }

    /// <summary>The same as the account nobody, which only root can do; the test is skipped otherwise.</summary>
    public static ChildProcess EngineAsNobody(string script, params string[] arguments)
    {
        Skip.If(
            OperatingSystem.IsWindows() || Environment.UserName != "root" || !File.Exists("/usr/bin/setpriv"),
            "only root can run a test as another account"
        );
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllText(file, script);
        string[] account = ["--reuid=65534", "--regid=65534", "--clear-groups", "env", "HOME=/tmp"];
        var child = Run("/usr/bin/setpriv", [.. account, "dotnet", typeof(ChildProcess).Assembly.Location, file, .. arguments]);
        File.Delete(file);
        Skip.If(child.ExitCode != 0, "the other account may not read the tests: " + child.Errors);
        return child;
    }

    /// <summary>Runs a script in a real pwsh, with the module imported.</summary>
    public static ChildProcess RunPwsh(string script) =>
        Pwsh.Run([
            "-Command",
            $"$PSStyle.OutputRendering = 'PlainText'; $ErrorActionPreference = 'Stop'; Import-Module '{Repository.Manifest}'; {script}",
        ]);

    public static ChildProcess Run(string file, string[] arguments, TimeSpan? limit = null) =>
        Run(new ProcessStartInfo(file, arguments), limit);

    public static ChildProcess Run(ProcessStartInfo start, TimeSpan? limit = null)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = start.RedirectStandardInput = true;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(limit ?? Limit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail(
                $"{start.FileName} {string.Join(' ', start.ArgumentList)} did not end within {limit ?? Limit}. It wrote: {output.Result} {errors.Result}"
            );
        }

        Assert.True(
            Task.WaitAll([output, errors], limit ?? Limit),
            $"{start.FileName} has ended, but something that it started keeps its output open."
        );
        return new ChildProcess(process.ExitCode, output.Result, errors.Result);
    }

    public ChildProcess Good()
    {
        Assert.True(ExitCode == 0, $"Ended with {ExitCode}: {Output} {Errors}");
        return this;
    }
}
