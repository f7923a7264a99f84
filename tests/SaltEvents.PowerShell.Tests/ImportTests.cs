using System;
using System.Collections;
using System.IO;
using System.Linq;
using System.Management.Automation.Language;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Loader;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>How the module is imported, and that nothing of it meets what others have loaded.</summary>
public sealed class ImportTests
{
    public static TheoryData<string> Manifests => [Repository.Manifest, Path.Combine(Repository.Binaries, "SaltEvents.PowerShell.psd1")];

    [Theory]
    [MemberData(nameof(Manifests))]
    public void A_manifest_is_plain_data(string path)
    {
        var ast = Parser.ParseFile(path, out _, out var errors);
        Assert.Empty(errors);
        var table = ast.Find(a => a is HashtableAst, searchNestedScriptBlocks: false)!;
        var data = Assert.IsType<Hashtable>(table.SafeGetValue());
        Assert.Equal(table.Extent.Text.Trim(), ast.EndBlock.Extent.Text.Trim());
        Assert.NotNull(data["ModuleVersion"]);
    }

    [NeedsFact(What = "a Unix system")]
    public void It_can_be_imported_by_another_path_of_the_same_file_whatever_characters_that_has()
    {
        Skip.If(OperatingSystem.IsWindows(), "a link needs rights there");
        using var directory = new TempDirectory();
        var link = directory["it's a [link] ü"];
        Directory.CreateSymbolicLink(link, Repository.Root);
        var child = ChildProcess
            .Engine(
                "foreach ($path in $manifest, $arguments[0]) { Import-Module -Name $path -Force; $bus = Start-SaltEventBus; $bus.State; Stop-SaltEventBus; Remove-Module SaltEvents }",
                link + "/SaltEvents.psd1"
            )
            .Good();
        Assert.Equal(["Running", "Running"], child.Lines);
    }

    [Fact]
    public void The_members_of_an_event_are_there_as_soon_as_it_is_imported()
    {
        using var shell = new Shell();
        shell.StartBus();
        Assert.Equal("tag", (string)shell.Run("Send-SaltEvent tag @{ fun = 'x' } -PassThru").Single.Tag);
        Assert.Equal("x", shell.Run("(Send-SaltEvent tag @{ fun = 'x' } -PassThru).fun").Value);
    }

    [Fact]
    public void Nothing_private_lies_in_the_default_load_context()
    {
        using var shell = new Shell();
        shell.StartBus();
        shell.Run("Send-SaltEvent tag x").Good();
        var own = Directory.GetFiles(Path.Combine(Repository.Binaries, "deps"), "*.dll").Select(Path.GetFileNameWithoutExtension).ToArray();
        Assert.Contains("SaltEvents.Core", own);
        Assert.Contains("MessagePack", own);
        // What the framework has too, such as System.Collections.Immutable, is there in the framework's own version.
        var framework = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == Path.GetDirectoryName(typeof(object).Assembly.Location))
            .Select(Path.GetFileNameWithoutExtension);
        Assert.Empty(AssemblyLoadContext.Default.Assemblies.Select(a => a.GetName().Name).Except(framework).Intersect(own));
        Assert.DoesNotContain("SaltEvents.PowerShell", AssemblyLoadContext.Default.Assemblies.Select(a => a.GetName().Name));
        Assert.Contains(
            "SaltEvents.Core",
            AssemblyLoadContext.All.Single(c => c.Name == "SaltEvents").Assemblies.Select(a => a.GetName().Name)
        );
    }

    [Fact]
    public void Only_the_module_and_its_loader_are_beside_its_manifest()
    {
        var dlls = Directory.GetFiles(Repository.Binaries, "*.dll").Select(Path.GetFileName);
        Assert.Equal(["SaltEvents.Loader.dll", "SaltEvents.PowerShell.dll"], dlls.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Another_version_of_a_dependency_loaded_before_does_not_disturb()
    {
        using var directory = new TempDirectory();
        foreach (var name in new[] { "MessagePack", "MessagePack.Annotations", "Microsoft.NET.StringTools" })
        {
            var foreign = new PersistedAssemblyBuilder(
                new AssemblyName(name) { Version = new Version(99, 0, 0, 0) },
                typeof(object).Assembly
            );
            foreign.DefineDynamicModule(name);
            foreign.Save(directory[name + ".dll"]);
        }

        var child = ChildProcess
            .Engine(
                """
                foreach ($name in 'MessagePack', 'MessagePack.Annotations', 'Microsoft.NET.StringTools') { $null = [Reflection.Assembly]::LoadFrom("$($arguments[0])/$name.dll") }
                Import-Module $manifest
                $null = Start-SaltEventBus
                $s = New-SaltEventSession
                Send-SaltEvent my/tag @{ text = 'grüße'; list = 1, 2 }
                (Get-SaltEvent -Session $s).Data.text
                [Runtime.Loader.AssemblyLoadContext]::Default.Assemblies | Where-Object { $_.GetName().Name -eq 'MessagePack' } | ForEach-Object { "$($_.GetName().Version)" }
                """,
                directory.Path
            )
            .Good();
        Assert.Equal(["grüße", "99.0.0.0"], child.Lines);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_second_copy_in_one_process_says_to_start_a_new_session(bool otherBuild)
    {
        using var copy = new TempDirectory();
        CopyModule(copy.Path, otherBuild);
        var child = ChildProcess.Engine(
            """
            Import-Module $manifest
            try { Import-Module "$($arguments[0])/SaltEvents.psd1"; 'no error' } catch { "$_" }
            (Get-Command Get-SaltEvent).Name
            """,
            copy.Path);
        Assert.Contains("Start a new PowerShell session", child.Output, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(Repository.Binaries, "SaltEvents.PowerShell.dll"), child.Output, StringComparison.Ordinal);
        Assert.Equal("Get-SaltEvent", child.Lines[^1]);
    }

    [Fact]
    public void A_module_that_is_not_built_says_how_to_build_it()
    {
        using var copy = new TempDirectory();
        CopyModule(copy.Path, otherBuild: false);
        Directory.Delete(copy["bin"], recursive: true);
        using var shell = new Shell(import: false);
        var error = shell.Fails($"Import-Module '{copy["SaltEvents.psd1"]}'");
        Assert.Contains("dotnet build", error.ToString(), StringComparison.Ordinal);
    }

    private static void CopyModule(string target, bool otherBuild)
    {
        foreach (
            var file in Directory
                .GetFiles(Repository.Root, "SaltEvents.*.ps1xml")
                .Append(Repository.Manifest)
                .Append(Path.ChangeExtension(Repository.Manifest, ".psm1"))
        )
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }

        var binaries = Directory.CreateDirectory(Path.Combine(target, "bin", "net8.0")).FullName;
        foreach (var file in Directory.GetFiles(Repository.Binaries))
        {
            File.Copy(file, Path.Combine(binaries, Path.GetFileName(file)));
        }

        if (otherBuild)
        {
            var dll = Path.Combine(binaries, "SaltEvents.PowerShell.dll");
            var bytes = File.ReadAllBytes(dll);
            var id = AppDomain
                .CurrentDomain.GetAssemblies()
                .Single(a => a.GetName().Name == "SaltEvents.PowerShell")
                .ManifestModule.ModuleVersionId;
            bytes[bytes.AsSpan().IndexOf(id.ToByteArray())]++;
            File.WriteAllBytes(dll, bytes);
        }
    }
}
