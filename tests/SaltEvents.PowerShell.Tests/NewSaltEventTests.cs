using System.IO;
using System.Linq;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>New-SaltEvent against what the module says of events.</summary>
public sealed class NewSaltEventTests
{
    public static TheoryData<string> Families =>
        [
            .. File.ReadAllLines(Path.Combine(Repository.Root, "docs", "en-US", "about_SaltEvents.md"))
                .SkipWhile(line => !line.StartsWith("| Family |", System.StringComparison.Ordinal))
                .Skip(2)
                .TakeWhile(line => line.StartsWith('|'))
                .Select(line => line.Split('|')[1].Trim())
                .Distinct(),
        ];

    [Theory]
    [MemberData(nameof(Families))]
    public void Every_family_can_be_made(string family)
    {
        using var shell = new Shell();
        Assert.All(
            shell.Run($"New-SaltEvent {family} | ForEach-Object {{ $_.PSObject.TypeNames[0] }}").Good().Output,
            name => Assert.Equal("SaltEvents.SaltEvent#" + family, name.BaseObject));
    }
}
