using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>CHANGELOG.md has one section of each kind in a version, in one order, and no line twice: merges like to double them.</summary>
public sealed class ChangelogTests
{
    private static readonly string[] Kinds = ["Breaking", "Security", "Added", "Changed", "Deprecated", "Removed", "Fixed"];
    private static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "CHANGELOG.md")).ReplaceLineEndings("\n");

    [Fact]
    public void Each_version_has_one_section_of_a_kind_in_the_order_of_the_kinds()
    {
        var versions = Regex.Split(Text, "^## ", RegexOptions.Multiline).Skip(1).ToArray();
        Assert.NotEmpty(versions);
        Assert.All(versions, version =>
        {
            var sections = Regex.Matches(version, "^### (.*)$", RegexOptions.Multiline).Select(m => m.Groups[1].Value).ToArray();
            Assert.NotEmpty(sections);
            Assert.Equal(Kinds.Where(kind => sections.Contains(kind)), sections);
        });
    }

    [Fact]
    public void No_entry_stands_twice_in_a_section_not_even_reworded()
    {
        var sections = Regex.Split(Text, "^##+ ", RegexOptions.Multiline);
        var twice = sections.SelectMany(section => section.Split('\n')
            .Where(line => line.StartsWith("- ", StringComparison.Ordinal))
            .GroupBy(line => line[..Math.Min(line.Length, 24)]).Where(group => group.Count() > 1).Select(group => group.Key));
        Assert.Empty(twice);
    }
}
