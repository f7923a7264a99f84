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

/// <summary>The help says what is: its pages, as Get-Help gives them, against the cmdlets themselves.</summary>
public sealed class HelpTests(HelpTests.Session session) : IClassFixture<HelpTests.Session>
{
    private static readonly string Pages = Path.Combine(Repository.Root, "docs", "en-US");
    private static readonly string AboutPage = Path.Combine(Pages, "about_SaltEvents.md");
    private static readonly string TroubleshootingPage = Path.Combine(Pages, "about_SaltEventTroubleshooting.md");
    private static readonly HashSet<string> Common = [.. PSCmdlet.CommonParameters, "ProgressAction"];

    // What pages name of other commands.
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

    private readonly Shell shell = session.Shell;

    private static readonly string[] Names =
    [
        .. Directory.GetFiles(Pages, "*-*.md").Select(p => Path.GetFileNameWithoutExtension(p)).Order(StringComparer.Ordinal),
    ];

    public static TheoryData<string> Cmdlets => [.. Names];

    public static TheoryData<string> Topics =>
        [.. Directory.GetFiles(Pages, "about_*.md").Select(p => Path.GetFileNameWithoutExtension(p)).Order(StringComparer.Ordinal)];

    [Fact]
    public void Every_cmdlet_has_a_page_and_every_page_a_cmdlet()
    {
        var exported = shell.Run("Get-Command -Module SaltEvents | ForEach-Object Name").Good().Output.Select(n => (string)n.BaseObject);
        Assert.Equal(exported.Order(StringComparer.Ordinal), Names);
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Get_Help_has_every_part(string cmdlet)
    {
        var help = Help(cmdlet);
        Assert.DoesNotContain("[-", Text(help, "Synopsis"), StringComparison.Ordinal); // what Get-Help makes up where it finds no file
        Assert.All(
            ["description", "relatedLinks.navigationLink", "inputTypes.inputType", "returnValues.returnValue", "alertSet.alert"],
            part => Assert.NotEmpty(At(help, part))
        );
        var examples = At(help, "examples.example");
        Assert.True(examples.Length >= 3);
        Assert.All(examples, example => Assert.Matches(@"\.\s*$", Text(example, "remarks.Text")));
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Every_parameter_is_described_and_no_other(string cmdlet)
    {
        var described = At(Help(cmdlet), "parameters.parameter");
        Assert.All(described, p => Assert.NotEmpty(Text(p, "description.Text")));
        Assert.Equal(
            Command(cmdlet).Parameters.Keys.Except(Common).Order(StringComparer.Ordinal),
            described.Select(p => Text(p, "name")).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void The_parameter_sets_are_those_of_the_cmdlet(string cmdlet)
    {
        var documented = At(Help(cmdlet), "syntax.syntaxItem")
            .Select(item =>
                Lines(
                    At(item, "parameter"),
                    p =>
                        $"-{Text(p, "name")} <{Text(p, "type.name")}> required={Text(p, "required")} position={Text(p, "position")} pipeline={Text(p, "pipelineInput")} aliases={Text(p, "aliases")} wildcards={Text(p, "globbing")}"
                )
            );
        var actual = Command(cmdlet)
            .ParameterSets.Select(set =>
                Lines(
                    Visible(set),
                    p =>
                        $"-{p.Name} <{TypeName(p.ParameterType)}> required={Flag(p.IsMandatory)} position={(p.Position < 0 ? "named" : p.Position)} pipeline={Pipeline(p)} aliases={Aliases(p)} wildcards={Flag(p.Attributes.OfType<SupportsWildcardsAttribute>().Any())}"
                )
            );
        Assert.Equal(actual.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void The_defaults_and_accepted_values_are_those_of_the_cmdlet(string cmdlet)
    {
        var command = Command(cmdlet);
        var fresh = Activator.CreateInstance(command.ImplementingType)!;
        var documented = Lines(
            At(Help(cmdlet), "parameters.parameter"),
            p => $"-{Text(p, "name")}: {Text(p, "defaultValue")}; {string.Join(", ", At(p, "parameterValueGroup.parameterValue"))}"
        );
        var actual = Lines(
            command.Parameters.Values.Where(p => !Common.Contains(p.Name)),
            p => $"-{p.Name}: {Default(p, fresh)}; {string.Join(", ", AcceptedValues(p))}"
        );
        Assert.Equal(actual, documented);
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void The_syntax_on_the_page_is_that_of_the_cmdlet(string cmdlet)
    {
        var section = Regex.Match(Read(cmdlet), "## SYNTAX\n(.*?)\n## ", RegexOptions.Singleline).Groups[1].Value;
        var written = Regex
            .Matches(section, "```\n(.*?)\n```", RegexOptions.Singleline)
            .Select(m => Regex.Replace(m.Groups[1].Value, @"\s+", " "));
        var actual = Command(cmdlet)
            .ParameterSets.Select(set =>
                Hidden(set).Aggregate($"{cmdlet} {set}", (text, name) => Regex.Replace(text, $@" \[-{name} <\w+>\]", string.Empty))
            );
        Assert.Equal(actual.Order(StringComparer.Ordinal), written.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Every_example_parses_and_names_parameters_that_exist(string cmdlet) => CheckCode(Read(cmdlet));

    [Theory]
    [MemberData(nameof(Topics))]
    public void Every_example_of_a_topic_parses_and_names_parameters_that_exist(string topic) => CheckCode(Read(topic));

    [Fact]
    public void Every_parameter_named_in_a_text_exists()
    {
        var known = Names
            .SelectMany(name => Command(name).Parameters.Keys)
            .Concat(Common)
            .Concat(OfOtherCommands)
            .ToHashSet(StringComparer.Ordinal);
        var unknown = Directory
            .GetFiles(Pages, "*.md")
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
    [MemberData(nameof(Topics))]
    public void Get_Help_shows_each_topic(string name)
    {
        PSObject topic = shell.Run($"Get-Help {name}").Single;
        var lines = topic.ToString().Split('\n').Select(l => l.TrimEnd()).ToArray();
        Assert.Equal("    " + name, lines[1]);
        Assert.Equal("LONG DESCRIPTION", lines[6]);
        Assert.All(lines, line => Assert.True(line.Length <= 80, line));
        Assert.Equal(Regex.Match(Read(name), "## Short description\n\n(.*)\n").Groups[1].Value, Text(topic, "Synopsis"));
    }

    [Theory]
    [MemberData(nameof(Topics))]
    public void Every_topic_that_a_topic_names_exists(string name)
    {
        var named = Regex
            .Matches(Read(name), @"\babout_\w+")
            .Select(m => m.Value)
            .Distinct()
            .Where(n => !File.Exists(Path.Combine(Pages, n + ".md")));
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

    /// <summary>One shell for all: help changes nothing in it.</summary>
    public sealed class Session : IDisposable
    {
        internal Shell Shell { get; } = new();

        public void Dispose() => Shell.Dispose();
    }

    private static string Read(string cmdlet) => File.ReadAllText(Path.Combine(Pages, cmdlet + ".md")).ReplaceLineEndings("\n");

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

    private Type Assembly(string type) => Command("Get-SaltEvent").ImplementingType.Assembly.GetType(type, throwOnError: true)!;

    private CmdletInfo Command(string cmdlet) => (CmdletInfo)shell.Run($"Get-Command {cmdlet}").Value!;

    private PSObject Help(string cmdlet) => shell.Run($"Get-Help {cmdlet} -Full").Single;

    // Everything at a path of property names, through lists.
    private static PSObject[] At(PSObject source, string path) => path.Split('.').Aggregate(
        new[] { source }, (found, name) => found.SelectMany(f => Items(f.Properties[name]?.Value)).ToArray());

    private static PSObject[] Items(object? value) => LanguagePrimitives.GetEnumerable(value) is { } items
        ? items.Cast<object>().Select(PSObject.AsPSObject).ToArray()
        : value is null ? [] : [PSObject.AsPSObject(value)];

    private static string Text(PSObject source, string path) => string.Join("\n", At(source, path).Select(p => p.ToString()));

    private static string Lines<T>(IEnumerable<T> items, Func<T, string> line) =>
        string.Join("\n", items.Select(line).Order(StringComparer.Ordinal));

    private static IEnumerable<string> Hidden(CommandParameterSetInfo set) => set.Parameters
        .Where(p => p.Attributes.OfType<ParameterAttribute>().Any(a => a.DontShow && a.ParameterSetName == set.Name)).Select(p => p.Name);

    private static IEnumerable<CommandParameterInfo> Visible(CommandParameterSetInfo set) =>
        set.Parameters.Where(p => !Common.Contains(p.Name) && !Hidden(set).Contains(p.Name));

    private static string Flag(bool value) => value ? "true" : "false";

    private static string Aliases(CommandParameterInfo p) => p.Aliases.Count > 0 ? string.Join(", ", p.Aliases) : "none";

    private static string Pipeline(CommandParameterInfo p) => p switch
    {
        { ValueFromPipeline: true, ValueFromPipelineByPropertyName: true } => "True (ByPropertyName, ByValue)",
        { ValueFromPipeline: true } => "True (ByValue)",
        { ValueFromPipelineByPropertyName: true } => "True (ByPropertyName)",
        _ => "False",
    };

    private static string TypeName(Type type) => (Nullable.GetUnderlyingType(type) ?? type).Name;

    private static IEnumerable<string> AcceptedValues(ParameterMetadata parameter)
    {
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        return parameter.Attributes.OfType<ValidateSetAttribute>().FirstOrDefault()?.ValidValues
            ?? (type.IsEnum ? (IEnumerable<string>)Enum.GetNames(type) : []);
    }

    // None where leaving the parameter out gives no value that could be given.
    private static string Default(ParameterMetadata parameter, object fresh)
    {
        if (parameter.ParameterType == typeof(SwitchParameter))
        {
            return "False";
        }

        var value = fresh.GetType().GetProperty(parameter.Name)?.GetValue(fresh);
        var smallest = parameter.Attributes.OfType<ValidateRangeAttribute>().FirstOrDefault()?.MinRange;
        return value switch
        {
            null or Array { Length: 0 } or long.MaxValue => "None",
            0 when smallest is > 0 => "None",
            _ => $"{value}",
        };
    }

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
                var known = Command(call.GetCommandName()).Parameters;
                Assert.All(
                    call.CommandElements.OfType<CommandParameterAst>(),
                    p => Assert.True(known.ContainsKey(p.ParameterName), $"{p} in: {code}")
                );
            }
        }
    }
}
