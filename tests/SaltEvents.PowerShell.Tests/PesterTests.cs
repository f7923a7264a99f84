using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;
using Xunit.Abstractions;

namespace SaltEvents.Tests;

/// <summary>tests/Pester, in a real pwsh where there is one.</summary>
[Collection(GlobalState.Name)]
public sealed partial class PesterTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [NeedsFact(What = "pwsh and Pester")]
    public void Every_Pester_test_passes()
    {
        Skip.If(ChildProcess.Pwsh is null, "pwsh is not installed: tests/Pester was not run");
        var pester = ChildProcess.Run(ChildProcess.Pwsh!, ["-NoProfile", "-Command", "(Get-Module Pester -ListAvailable | Where-Object Version -ge '5.0' | Measure-Object).Count"]);
        Skip.If(pester.Lines.LastOrDefault() is null or "0", "Pester 5 is not installed: tests/Pester was not run");

        var run = ChildProcess.Run(ChildProcess.Pwsh!, ["-NoProfile", "-NonInteractive", "-File", Path.Combine(Repository.Root, "tests", "Pester", "Invoke-Tests.ps1")], Limit);
        var counts = run.Lines.LastOrDefault() ?? string.Empty;
        output.WriteLine(counts);
        var match = Counts().Match(counts);
        Assert.True(run.ExitCode == 0 && match.Success, run.Output + run.Errors);
        Assert.True(int.Parse(match.Groups[1].ValueSpan, provider: null) > 0, "No Pester test was discovered.");
    }

    [GeneratedRegex("^Passed: ([0-9]+), failed: 0, ")]
    private static partial Regex Counts();
}
