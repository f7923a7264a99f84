using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation.Language;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Runtime.Versioning;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>The module runs no program and loads no library by a name that others can take.</summary>
public sealed class ProgramSearchTests
{
    // The runtime's own native library, which it finds in its own directory.
    private static readonly string[] Libraries = ["libSystem.Native", "System.Native"];

    public static TheoryData<string> Assemblies =>
    [
        .. from edition in new[] { "net472", "net8.0" }
           from file in new[] { "SaltEvents.PowerShell.dll", Path.Combine("deps", "SaltEvents.Core.dll") }
           select Path.Combine(edition, file),
    ];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void No_code_of_the_module_can_start_a_program_or_load_another_library(string file)
    {
        using var stream = File.OpenRead(Path.Combine(Repository.Root, "bin", file));
        using var image = new PEReader(stream);
        var metadata = image.GetMetadataReader();

        Assert.DoesNotContain(Types(metadata), type => type == "System.Diagnostics.ProcessStartInfo");
        Assert.DoesNotContain("System.Diagnostics.Process.Start", Members(metadata));
        var libraries = Enumerable.Range(1, metadata.GetTableRowCount(TableIndex.ModuleRef))
            .Select(row => metadata.GetString(metadata.GetModuleReference(MetadataTokens.ModuleReferenceHandle(row)).Name));
        Assert.Empty(libraries.Except(Libraries));
    }

    [Fact]
    public void The_module_script_calls_only_commands_of_PowerShell()
    {
        var script = Parser.ParseFile(Path.Combine(Repository.Root, "SaltEvents.psm1"), out _, out var errors);
        Assert.Empty(errors);
        var commands = script
            .FindAll(a => a is CommandAst, searchNestedScriptBlocks: true)
            .Cast<CommandAst>()
            .Select(c => c.GetCommandName() ?? c.CommandElements[0].Extent.Text)
            .Distinct();
        // $warn is a script block of the script itself.
        Assert.Empty(commands.Except(["Import-Module", "Export-ModuleMember", "$warn"]));
    }

    [NeedsFact(What = "a Unix system")]
    [UnsupportedOSPlatform("windows")]
    public void A_program_in_the_current_directory_never_runs()
    {
        Skip.If(OperatingSystem.IsWindows(), "the planted programs are shell scripts");
        using var directory = new TempDirectory();
        foreach (var name in new[] { "stat", "id", "ls", "getent", "uname", "lsof", "ss", "netstat", "sh" })
        {
            File.WriteAllText(directory[name], $"#!/bin/sh\necho {name} >> '{directory["proof"]}'\n");
            File.SetUnixFileMode(directory[name], (UnixFileMode)0b111_101_101);
        }

        var child = ChildProcess.Engine(
            """
            Import-Module $manifest
            [Environment]::CurrentDirectory = $arguments[0]
            $bus = Start-SaltEventBus -SockDir "$($arguments[0])/run"
            Send-SaltEvent t x -SockDir "$($arguments[0])/run"
            (Test-SaltEventBus -SockDir "$($arguments[0])/run" -Fire).Steps[-1].Mode
            Stop-SaltEventBus
            (Test-SaltEventBus -SockDir "$($arguments[0])/run").Ok
            """,
            directory.Path).Good();

        Assert.Equal(["0600", "False"], child.Lines);
        Assert.False(
            File.Exists(directory["proof"]),
            "ran: " + (File.Exists(directory["proof"]) ? File.ReadAllText(directory["proof"]) : string.Empty)
        );
    }

    private static IEnumerable<string> Types(MetadataReader metadata) =>
        metadata
            .TypeReferences.Select(metadata.GetTypeReference)
            .Select(type => metadata.GetString(type.Namespace) + "." + metadata.GetString(type.Name));

    private static IEnumerable<string> Members(MetadataReader metadata)
    {
        foreach (
            var member in metadata
                .MemberReferences.Select(metadata.GetMemberReference)
                .Where(m => m.Parent.Kind == HandleKind.TypeReference)
        )
        {
            var type = metadata.GetTypeReference((TypeReferenceHandle)member.Parent);
            yield return $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}.{metadata.GetString(member.Name)}";
        }
    }
}
