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
        var run = Run(Repository.Root, version);
        var results = run.Lines.Where(line => line.StartsWith($"Pester {version}, PowerShell ", StringComparison.Ordinal)).ToArray();
        Array.ForEach(results, output.WriteLine);
        Assert.True(run.ExitCode == 0 && Counts().IsMatch(results.LastOrDefault() ?? string.Empty), run.Output + run.Errors);
    }

    [NeedsFact(What = "a Unix system")]
    public void They_run_in_a_directory_whatever_characters_its_name_has()
    {
        Skip.If(OperatingSystem.IsWindows(), "a link needs rights there");
        using var directory = new TempDirectory();
        var link = directory["it's a [link] ü"];
        Directory.CreateSymbolicLink(link, Repository.Root);
        var run = Run(link, Repository.Metadata("PesterVersions").Split(';')[^1], "-Path", link + "/tests/Pester/Measure-SaltEvent.Tests.ps1");
        Assert.True(run.ExitCode == 0 && Counts().IsMatch(run.Lines[^1]), run.Output + run.Errors);
    }

    private static ChildProcess Run(string root, string version, params string[] arguments)
    {
        var pester = Path.Combine(Repository.Metadata("PesterPackages"), version, "tools", "Pester.psd1");
        return Pwsh.Run(["-File", Path.Combine(root, "tests", "Pester", "Invoke-Tests.ps1"), "-Pester", pester, .. arguments], Limit);
    }

    [GeneratedRegex(": [1-9][0-9]* passed, 0 failed, [0-9]+ skipped$")]
    private static partial Regex Counts();
}
