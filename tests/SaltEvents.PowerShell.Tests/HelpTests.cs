using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Text.RegularExpressions;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>The help of each cmdlet, as Get-Help shows it, agrees with the cmdlet.</summary>
public sealed class HelpTests(HelpPages help) : IClassFixture<HelpPages>
{
    [Fact]
    public void Every_cmdlet_has_a_page_and_every_page_a_cmdlet()
    {
        var exported = help.Shell.Run("Get-Command -Module SaltEvents | ForEach-Object Name").Good().Output.Select(n => (string)n.BaseObject);
        Assert.Equal(exported.Order(StringComparer.Ordinal), HelpPages.Names);
    }

    [Theory]
    [MemberData(nameof(HelpPages.Cmdlets), MemberType = typeof(HelpPages))]
    public void Get_Help_has_every_part(string cmdlet)
    {
        var page = help.Help(cmdlet);
        Assert.DoesNotContain("[-", HelpPages.Text(page, "Synopsis"), StringComparison.Ordinal); // what Get-Help makes up where it finds no file
        Assert.All(
            ["description", "relatedLinks.navigationLink", "inputTypes.inputType", "returnValues.returnValue", "alertSet.alert"],
            part => Assert.NotEmpty(HelpPages.At(page, part))
        );
        var examples = HelpPages.At(page, "examples.example");
        Assert.True(examples.Length >= 3);
        Assert.All(examples, example => Assert.Matches(@"\.\s*$", HelpPages.Text(example, "remarks.Text")));
    }

    [Theory]
    [MemberData(nameof(HelpPages.Cmdlets), MemberType = typeof(HelpPages))]
    public void Every_parameter_is_described_and_no_other(string cmdlet)
    {
        var described = HelpPages.At(help.Help(cmdlet), "parameters.parameter");
        Assert.All(described, p => Assert.NotEmpty(HelpPages.Text(p, "description.Text")));
        Assert.Equal(
            help.Command(cmdlet).Parameters.Keys.Except(HelpPages.Common).Order(StringComparer.Ordinal),
            described.Select(p => HelpPages.Text(p, "name")).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(HelpPages.Cmdlets), MemberType = typeof(HelpPages))]
    public void The_parameter_sets_are_those_of_the_cmdlet(string cmdlet)
    {
        var documented = HelpPages.At(help.Help(cmdlet), "syntax.syntaxItem")
            .Select(item =>
                Lines(
                    HelpPages.At(item, "parameter"),
                    p =>
                        $"-{HelpPages.Text(p, "name")} <{HelpPages.Text(p, "type.name")}> required={HelpPages.Text(p, "required")} position={HelpPages.Text(p, "position")} pipeline={HelpPages.Text(p, "pipelineInput")} aliases={HelpPages.Text(p, "aliases")} wildcards={HelpPages.Text(p, "globbing")}"
                )
            );
        var actual = help.Command(cmdlet)
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
    [MemberData(nameof(HelpPages.Cmdlets), MemberType = typeof(HelpPages))]
    public void The_defaults_and_accepted_values_are_those_of_the_cmdlet(string cmdlet)
    {
        var command = help.Command(cmdlet);
        var fresh = Activator.CreateInstance(command.ImplementingType)!;
        var documented = Lines(
            HelpPages.At(help.Help(cmdlet), "parameters.parameter"),
            p => $"-{HelpPages.Text(p, "name")}: {HelpPages.Text(p, "defaultValue")}; {string.Join(", ", HelpPages.At(p, "parameterValueGroup.parameterValue"))}"
        );
        var actual = Lines(
            command.Parameters.Values.Where(p => !HelpPages.Common.Contains(p.Name)),
            p => $"-{p.Name}: {Default(p, fresh)}; {string.Join(", ", AcceptedValues(p))}"
        );
        Assert.Equal(actual, documented);
    }

    [Theory]
    [MemberData(nameof(HelpPages.Cmdlets), MemberType = typeof(HelpPages))]
    public void The_syntax_on_the_page_is_that_of_the_cmdlet(string cmdlet)
    {
        var section = Regex.Match(HelpPages.Read(cmdlet), "## SYNTAX\n(.*?)\n## ", RegexOptions.Singleline).Groups[1].Value;
        var written = Regex
            .Matches(section, "```\n(.*?)\n```", RegexOptions.Singleline)
            .Select(m => Regex.Replace(m.Groups[1].Value, @"\s+", " "));
        var actual = help.Command(cmdlet)
            .ParameterSets.Select(set =>
                Hidden(set).Aggregate($"{cmdlet} {set}", (text, name) => Regex.Replace(text, $@" \[-{name} <\w+>\]", string.Empty))
            );
        Assert.Equal(actual.Order(StringComparer.Ordinal), written.Order(StringComparer.Ordinal));
    }

    private static string Lines<T>(IEnumerable<T> items, Func<T, string> line) =>
        string.Join("\n", items.Select(line).Order(StringComparer.Ordinal));

    private static IEnumerable<string> Hidden(CommandParameterSetInfo set) => set.Parameters
        .Where(p => p.Attributes.OfType<ParameterAttribute>().Any(a => a.DontShow && a.ParameterSetName == set.Name)).Select(p => p.Name);

    private static IEnumerable<CommandParameterInfo> Visible(CommandParameterSetInfo set) =>
        set.Parameters.Where(p => !HelpPages.Common.Contains(p.Name) && !Hidden(set).Contains(p.Name));

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
}
