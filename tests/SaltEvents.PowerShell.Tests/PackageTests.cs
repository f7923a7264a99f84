using System;
using System.Diagnostics;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Reflection;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>What "dotnet pack" makes: the folder, and the package that a gallery takes.</summary>
public sealed class PackageTests : IDisposable
{
    private const string FireOne = """
        param($manifest)
        $ErrorActionPreference = 'Stop'
        $tested = Test-ModuleManifest $manifest
        "$($tested.Name) $($tested.Version): $($tested.ExportedCmdlets.Count) cmdlets"
        Import-Module $manifest
        "$((Get-Command -Module SaltEvents).Count) cmdlets, $(@(Get-ChildItem).Count) files here"
        $null = Start-SaltEventBus
        $session = New-SaltEventSession
        Send-SaltEvent 'my/tag' 'from the package'
        $saltEvent = Get-SaltEvent -Session $session
        "$($saltEvent.Tag): $($saltEvent.Data.data)"
        (Get-Module SaltEvents).ModuleBase
        """;

    private readonly TempDirectory output = new();

    public PackageTests()
    {
        var pack = new ProcessStartInfo(
            "dotnet",
            [
                "pack",
                "--no-build", // other tests load what is there
                Path.Combine(Repository.Root, "src", "SaltEvents.PowerShell"),
                "--configuration",
                Configuration,
                "--output",
                output.Path,
            ]
        );
        // A build node or compiler that outlives it would keep its output open.
        pack.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        pack.Environment["UseSharedCompilation"] = "false";
        ChildProcess.Run(pack, TimeSpan.FromMinutes(5)).Good();
    }

    // That of the build under test.
    private static string Configuration =>
        typeof(PackageTests).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    public void Dispose() => output.Dispose();

    [Fact]
    public void Folder_and_package_are_the_same_module_with_a_valid_manifest_and_fire_an_event_from_an_empty_directory()
    {
        var folder = Directory.GetDirectories(output["SaltEvents"]).Single();
        var unpacked = output["unpacked"];
        ZipFile.ExtractToDirectory(Directory.GetFiles(output.Path, "*.nupkg").Single(), unpacked);

        Assert.Equal(Files(folder), Files(unpacked).Where(f => !IsOfThePackage(f)));
        var empty = Directory.CreateDirectory(output["empty"]).FullName;
        File.WriteAllText(output["fire.ps1"], FireOne);
        foreach (var module in new[] { folder, unpacked })
        {
            var start = Pwsh.Start("-File", output["fire.ps1"], Path.Combine(module, "SaltEvents.psd1"));
            start.WorkingDirectory = empty;
            var lines = ChildProcess.Run(start).Good().Lines;
            var cmdlets = Directory.GetFiles(Path.Combine(Repository.Root, "docs", "en-US"), "*-Salt*.md").Length;
            Assert.Equal(
                [
                    $"SaltEvents {Path.GetFileName(folder)}: {cmdlets} cmdlets",
                    $"{cmdlets} cmdlets, 0 files here",
                    "my/tag: from the package",
                    module,
                ],
                lines
            );
        }
    }

    [Fact]
    public void The_package_has_what_both_editions_need_and_the_version_of_the_manifests()
    {
        var folder = Directory.GetDirectories(output["SaltEvents"]).Single();
        var files = Files(folder);
        string[] needed =
        [
            "SaltEvents.psd1", "SaltEvents.psm1", "LICENSE", "README.md",
            .. from tfm in new[] { "net472", "net8.0" }
            from file in new[]
            {
                "SaltEvents.Loader.dll",
                "SaltEvents.PowerShell.dll",
                "SaltEvents.PowerShell.psd1",
                "SaltEvents.Format.ps1xml",
                "SaltEvents.Types.ps1xml",
                "deps/SaltEvents.Core.dll",
                "deps/MessagePack.dll",
                "en-US/SaltEvents.PowerShell.dll-Help.xml",
            }
            select $"bin/{tfm}/{file}",
        ];

        Assert.Empty(needed.Except(files));
        Assert.DoesNotContain(files, f => f.EndsWith(".pdb", StringComparison.Ordinal));
        var version = Path.GetFileName(folder);
        foreach (var manifest in files.Where(f => f.EndsWith(".psd1", StringComparison.Ordinal)))
        {
            Assert.Matches($@"ModuleVersion\s*=\s*'{version}'", File.ReadAllText(Path.Combine(folder, manifest)));
        }
    }

    private static string[] Files(string directory) =>
        [
            .. Directory
                .GetFiles(directory, "*", SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(directory, f).Replace('\\', '/'))
                .Order(StringComparer.Ordinal),
        ];

    private static bool IsOfThePackage(string file) =>
        file.StartsWith("_rels/", StringComparison.Ordinal) || file.StartsWith("package/", StringComparison.Ordinal)
        || file is "[Content_Types].xml" || file.EndsWith(".nuspec", StringComparison.Ordinal);
}
