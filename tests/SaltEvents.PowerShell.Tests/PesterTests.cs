using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;
using Xunit.Abstractions;

namespace SaltEvents.Tests;

/// <summary>tests/Pester, in a real pwsh and with each Pester that the project file names.</summary>
public sealed partial class PesterTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static TheoryData<string> Versions => new(Repository.Metadata("PesterVersions").Split(';'));

    [Theory]
    [Trait("Suite", "Pester")]
    [MemberData(nameof(Versions))]
    public void Every_Pester_test_passes(string version)
    {
        var pester = Path.Combine(Repository.Metadata("PesterPackages"), version, "tools", "Pester.psd1");
        var run = Pwsh.Run(["-File", Path.Combine(Repository.Root, "tests", "Pester", "Invoke-Tests.ps1"), "-Pester", pester], Limit);
        var results = run.Lines.Where(line => line.StartsWith($"Pester {version}, PowerShell ", StringComparison.Ordinal)).ToArray();
        Array.ForEach(results, output.WriteLine);
        Assert.True(run.ExitCode == 0 && Counts().IsMatch(results.LastOrDefault() ?? string.Empty), run.Output + run.Errors);
    }

    [GeneratedRegex(": [1-9][0-9]* passed, 0 failed, [0-9]+ skipped$")]
    private static partial Regex Counts();
}
