using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>CONTRIBUTING.md says where things are: it has to follow a file or folder that moves.</summary>
public sealed partial class ContributingTests
{
    [Fact]
    public void Every_path_that_it_names_is_there()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "CONTRIBUTING.md"));
        var paths = Paths().Matches(text).Select(m => m.Groups[1].Value.TrimEnd('/')).Distinct().ToArray();

        Assert.Contains("tests/Pester", paths);
        Assert.All(paths, path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), path + " is not there"));
    }

    // In code or as the target of a link; what has a place for a version in it, and what a build makes, is not meant.
    [GeneratedRegex(@"[`( ]((?:src|tests|docs|bench|samples|\.ci)/[\w./-]*|[\w.-]+\.(?:md|sh|ps1|psd1|sln))(?=[`) :])")]
    private static partial Regex Paths();
}
