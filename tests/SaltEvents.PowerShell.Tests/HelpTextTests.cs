using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>Examples, tables and references on the pages agree with the code.</summary>
public sealed class HelpTextTests(HelpPages help) : IClassFixture<HelpPages>
{
    private static readonly string AboutPage = Path.Combine(HelpPages.Folder, "about_SaltEvents.md");
    private static readonly string TroubleshootingPage = Path.Combine(HelpPages.Folder, "about_SaltEventTroubleshooting.md");

    // Parameters of other commands that the pages name.
    private static readonly HashSet<string> OfOtherCommands =
    [
        "Body",
        "ConfigurationFile",
        "Container",
        "Exactly",
        "First",
        "Force",
        "Invoke",
        "Method",
        "Milliseconds",
        "Minutes",
        "NoLogo",
        "Output",
        "Parallel",
        "ParameterFilter",
        "Properties",
        "ScriptBlock",
        "UserName",
    ];

    [Theory]
    [MemberData(nameof(HelpPages.Cmdlets), MemberType = typeof(HelpPages))]
    public void Every_example_parses_and_names_parameters_that_exist(string cmdlet) => CheckCode(HelpPages.Read(cmdlet));

    [Theory]
    [MemberData(nameof(HelpPages.Topics), MemberType = typeof(HelpPages))]
    public void Every_example_of_a_topic_parses_and_names_parameters_that_exist(string topic) => CheckCode(HelpPages.Read(topic));

    [Fact]
    public void Every_parameter_named_in_a_text_exists()
    {
        var known = HelpPages.Names
            .SelectMany(name => help.Command(name).Parameters.Keys)
            .Concat(HelpPages.Common)
            .Concat(OfOtherCommands)
            .ToHashSet(StringComparer.Ordinal);
        var unknown = Directory
            .GetFiles(HelpPages.Folder, "*.md")
            .SelectMany(path =>
                Regex
                    .Matches(File.ReadAllText(path), @"(?<![\w)>-])-([A-Z]\w+)")
                    .Select(m => $"{Path.GetFileName(path)}: -{m.Groups[1].Value}")
            )
            .Where(use => !known.Contains(use.Split('-')[^1]))
            .Distinct();
        Assert.Empty(unknown);
    }

    [Theory]
    [MemberData(nameof(HelpPages.Topics), MemberType = typeof(HelpPages))]
    public void Get_Help_shows_each_topic(string name)
    {
        PSObject topic = help.Shell.Run($"Get-Help {name}").Single;
        var lines = topic.ToString().Split('\n').Select(l => l.TrimEnd()).ToArray();
        Assert.Equal("    " + name, lines[1]);
        Assert.Equal("LONG DESCRIPTION", lines[6]);
        Assert.All(lines, line => Assert.True(line.Length <= 80, line));
        Assert.Equal(Regex.Match(HelpPages.Read(name), "## Short description\n\n(.*)\n").Groups[1].Value, HelpPages.Text(topic, "Synopsis"));
    }

    [Theory]
    [MemberData(nameof(HelpPages.Topics), MemberType = typeof(HelpPages))]
    public void Every_topic_that_a_topic_names_exists(string name)
    {
        var named = Regex
            .Matches(HelpPages.Read(name), @"\babout_\w+")
            .Select(m => m.Value)
            .Distinct()
            .Where(n => !File.Exists(Path.Combine(HelpPages.Folder, n + ".md")));
        Assert.Empty(named);
    }

    [Fact]
    public void The_errors_listed_are_exactly_those_of_the_code()
    {
        var sources = Directory.GetFiles(Path.Combine(Repository.Root, "src", "SaltEvents.PowerShell"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));
        var inCode = sources
            .SelectMany(path => Regex.Matches(File.ReadAllText(path), "\"(\\w+)\",\\s*ErrorCategory\\.").Select(m => m.Groups[1].Value))
            .Distinct()
            .ToArray();
        Assert.Contains("BusNotFound", inCode);
        var listed = Tables(TroubleshootingPage, "Id").ToArray();
        Assert.All(listed, row => Assert.True(row.Length == 3 && row.All(cell => cell.Length > 0), row[0]));
        Assert.Equal(inCode.Order(StringComparer.Ordinal), listed.Select(row => row[0]).Order(StringComparer.Ordinal));
    }

    // A section about a warning has its text as the heading: what the code inserts is "...", or the "was" of one event.
    [Fact]
    public void The_warnings_quoted_in_headings_are_those_of_the_code()
    {
        var code = string.Join(
            "\n",
            Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText)
        );
        var quoted = Regex.Matches(File.ReadAllText(TroubleshootingPage), "^### \"(.+)\"", RegexOptions.Multiline)
            .SelectMany(m => m.Groups[1].Value.Replace("events were ", "...", StringComparison.Ordinal).Split("..."))
            .Select(part => part.Trim())
            .Where(part => part.Length > 1)
            .ToArray();
        Assert.Contains("dropped:", quoted);
        Assert.All(quoted, part => Assert.Contains(part, code, StringComparison.Ordinal));
    }

    [Fact]
    public void The_topic_lists_the_families_and_properties_of_the_code()
    {
        var all = (Array)
            Assembly("SaltEvents.Objects.TagFamilies").GetField("All", BindingFlags.NonPublic | BindingFlags.Static)!.GetValue(null)!;
        var inCode = all.Cast<object>()
            .Select(family =>
            {
                var form = (string[])family.GetType().GetField("form", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(family)!;
                var properties = ((IEnumerable<object>)Get(family, "Properties")).Select(p => (string)Get(p, "Name")).ToArray();
                return $"{Get(family, "Name")}: {Regex.Replace(string.Join("/", form), @"\{(\w+)\+?\}", "<$1>")}: {(properties.Length > 0 ? string.Join(", ", properties) : "none")}";
            });
        Assert.Equal(inCode, Tables(AboutPage, "Family").Select(row => $"{row[0]}: {row[1].Trim('`')}: {row[2]}"));
    }

    private static object Get(object source, string property) => source.GetType().GetProperty(property)!.GetValue(source)!;

    // The rows of every table of a page that starts with such a column.
    private static IEnumerable<string[]> Tables(string page, string firstColumn)
    {
        var isInside = false;
        foreach (var line in File.ReadAllLines(page))
        {
            isInside = line.StartsWith($"| {firstColumn} |", StringComparison.Ordinal) || (isInside && line.StartsWith('|'));
            if (
                isInside
                && !line.StartsWith($"| {firstColumn} |", StringComparison.Ordinal)
                && !line.StartsWith("|-", StringComparison.Ordinal)
            )
            {
                yield return line.Trim('|').Split(" | ").Select(cell => cell.Trim()).ToArray();
            }
        }
    }

    private Type Assembly(string type) => help.Command("Get-SaltEvent").ImplementingType.Assembly.GetType(type, throwOnError: true)!;

    private void CheckCode(string page)
    {
        var blocks = Regex.Matches(page.ReplaceLineEndings("\n"), "```powershell\n(.*?)\n```", RegexOptions.Singleline);
        Assert.NotEmpty(blocks);
        foreach (var code in blocks.Select(m => m.Groups[1].Value))
        {
            var ast = Parser.ParseInput(code, out _, out var errors);
            Assert.True(errors.Length == 0, code);
            var calls = ast.FindAll(
                a => a is CommandAst c && c.GetCommandName()?.Contains("-Salt", StringComparison.Ordinal) == true,
                searchNestedScriptBlocks: true
            );
            foreach (var call in calls.Cast<CommandAst>())
            {
                var known = help.Command(call.GetCommandName()).Parameters;
                Assert.All(
                    call.CommandElements.OfType<CommandParameterAst>(),
                    p => Assert.True(known.ContainsKey(p.ParameterName), $"{p} in: {code}")
                );
            }
        }
    }
}
