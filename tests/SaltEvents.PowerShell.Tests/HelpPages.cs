using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>The pages of the help, and one shell for all tests that read them: help changes nothing in it.</summary>
public sealed class HelpPages : IDisposable
{
    internal static readonly string Folder = Path.Combine(Repository.Root, "docs", "en-US");
    internal static readonly HashSet<string> Common = [.. PSCmdlet.CommonParameters, "ProgressAction"];

    internal static readonly string[] Names =
    [
        .. Directory.GetFiles(Folder, "*-*.md").Select(p => Path.GetFileNameWithoutExtension(p)).Order(StringComparer.Ordinal),
    ];

    public static TheoryData<string> Cmdlets => [.. Names];

    public static TheoryData<string> Topics =>
        [.. Directory.GetFiles(Folder, "about_*.md").Select(p => Path.GetFileNameWithoutExtension(p)).Order(StringComparer.Ordinal)];

    internal Shell Shell { get; } = new();

    public void Dispose() => Shell.Dispose();

    internal static string Read(string page) => File.ReadAllText(Path.Combine(Folder, page + ".md")).ReplaceLineEndings("\n");

    internal CmdletInfo Command(string cmdlet) => (CmdletInfo)Shell.Run($"Get-Command {cmdlet}").Value!;

    internal PSObject Help(string cmdlet) => Shell.Run($"Get-Help {cmdlet} -Full").Single;

    // Everything at a path of property names, through lists.
    internal static PSObject[] At(PSObject source, string path) => path.Split('.').Aggregate(
        new[] { source }, (found, name) => found.SelectMany(f => Items(f.Properties[name]?.Value)).ToArray());

    private static PSObject[] Items(object? value) => LanguagePrimitives.GetEnumerable(value) is { } items
        ? items.Cast<object>().Select(PSObject.AsPSObject).ToArray()
        : value is null ? [] : [PSObject.AsPSObject(value)];

    internal static string Text(PSObject source, string path) => string.Join("\n", At(source, path).Select(p => p.ToString()));
}
