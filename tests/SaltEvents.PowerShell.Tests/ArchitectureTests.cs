using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>What docs/architecture.md and CONTRIBUTING.md say about the sources is so.</summary>
public sealed partial class ArchitectureTests
{
    [Fact]
    public void Every_type_that_it_names_exists()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "architecture.md"));
        var code = string.Join("\n", Code().Matches(page).Select(m => m.Value));
        var named = Names().Matches(code).Select(m => m.Value).Except(["PowerShell"]).Distinct().ToArray();
        var sources = Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(path => Path.GetFileName(path).Split('.')[0]).ToHashSet(StringComparer.Ordinal);

        Assert.Contains("EventSubscription", named);
        Assert.All(named, name => Assert.True(sources.Contains(name), $"There is no type {name} any more."));
    }

    [Fact]
    public void Each_folder_of_the_module_uses_only_those_after_it()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "architecture.md"));
        AssertLadder("SaltEvents.PowerShell", Ladder().Match(page).Groups[1].Value.Split(" -> "));
    }

    [Fact]
    public void Each_folder_of_the_core_uses_only_those_before_it()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "src", "SaltEvents.Core", "README.md"));
        AssertLadder("SaltEvents.Core", Rows().Matches(page).Select(m => m.Groups[1].Value).Reverse(), exempt: "Compat");
    }

    [Fact]
    public void Only_one_folder_of_the_core_has_code_for_one_runtime()
    {
        var core = Path.Combine(Repository.Root, "src", "SaltEvents.Core");
        var files = Directory.GetFiles(core, "*.cs", SearchOption.AllDirectories)
            .Where(path => File.ReadAllText(path).Contains("\n#if ", StringComparison.Ordinal))
            .Select(path => Path.GetRelativePath(core, path).Split(Path.DirectorySeparatorChar)[0]);
        Assert.Equal(["Compat"], files.Except(["obj"]));
    }

    [Fact]
    public void Files_stay_under_300_lines_and_methods_under_60()
    {
        foreach (var path in Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories))
        {
            var lines = File.ReadAllLines(path);
            Assert.True(lines.Length < 300 || path.Contains("/obj/", StringComparison.Ordinal), $"{path} has {lines.Length} lines.");
            for (var (i, start) = (0, 0); i < lines.Length; i++)
            {
                start = lines[i] == "    {" && lines[i - 1].EndsWith(')') ? i : start;
                Assert.True(lines[i] != "    }" || start == 0 || i - start <= 60, $"The method at {path}:{start} has {i - start - 1} lines.");
                start = lines[i] == "    }" ? 0 : start;
            }
        }
    }

    // A folder uses those after it. Types whose names .NET has as well are not seen.
    private static void AssertLadder(string project, IEnumerable<string> folders, string? exempt = null)
    {
        var root = Path.Combine(Repository.Root, "src", project);
        var ladder = folders.ToList();
        var files = ladder
            .SelectMany(folder =>
                Directory
                    .GetFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories)
                    .Select(path => (Folder: folder, Path: path))
            )
            .ToArray();
        var folderOf = files
            .GroupBy(f => Path.GetFileName(f.Path).Split('.')[0])
            .Where(g => Type.GetType("System.IO." + g.Key) is null)
            .ToDictionary(g => g.Key, g => g.First().Folder);
        var uses = from file in files
                   where file.Folder != exempt
                   from name in Words().Matches(NoCode().Replace(File.ReadAllText(file.Path), string.Empty)).Select(m => m.Value).Distinct()
                   where folderOf.TryGetValue(name, out var folder) && ladder.IndexOf(folder) < ladder.IndexOf(file.Folder)
                   select $"{file.Folder}/{Path.GetFileName(file.Path)} uses {folderOf[name]}/{name}";

        Assert.Equal(Directory.GetDirectories(root).Select(Path.GetFileName).Except(["bin", "obj"]).Order(), ladder.Order());
        Assert.Empty(uses);
    }

    // The table of folders, without its head.
    [GeneratedRegex(@"^\| ([A-Z]\w+) \|", RegexOptions.Multiline)]
    private static partial Regex Rows();

    [GeneratedRegex(@"```text\n(Cmdlets -> .*)\n```")]
    private static partial Regex Ladder();

    // A word after a dot is a member, and one after a hyphen is in the name of a cmdlet.
    [GeneratedRegex(@"(?<![\w.-])[A-Z]\w+")]
    private static partial Regex Words();

    [GeneratedRegex(@"//.*|^using .*|""[^""\n]*""", RegexOptions.Multiline)]
    private static partial Regex NoCode();

    // Pictures, and code in the text that is no path and no parameter.
    [GeneratedRegex(@"```text\n.*?\n```|`\w+`", RegexOptions.Singleline)]
    private static partial Regex Code();

    // A type has one name of two words or more; a mere acronym, such as ZeroMQ or TCP, is not one.
    [GeneratedRegex(@"\b(?:[A-Z][a-z]+){2,}\b")]
    private static partial Regex Names();
}
