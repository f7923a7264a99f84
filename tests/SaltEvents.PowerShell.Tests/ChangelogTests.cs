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
    public void No_line_stands_twice()
    {
        var twice = Text.Split('\n').Where(line => line.StartsWith("- ", System.StringComparison.Ordinal)).GroupBy(line => line).Where(group => group.Count() > 1).Select(group => group.Key);
        Assert.Empty(twice);
    }
}
