using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>docs/architecture.md names types: one that is renamed or removed is renamed or removed there too.</summary>
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

    // Pictures, and code in the text that is no path and no parameter.
    [GeneratedRegex(@"```text\n.*?\n```|`\w+`", RegexOptions.Singleline)]
    private static partial Regex Code();

    // A type has one name of two words or more; an acronym alone, such as ZeroMQ or TCP, is none.
    [GeneratedRegex(@"\b(?:[A-Z][a-z]+){2,}\b")]
    private static partial Regex Names();
}
