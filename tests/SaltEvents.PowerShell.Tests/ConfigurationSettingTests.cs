using System;
using System.IO;
using System.Linq;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>The settings of Salt's configuration that the cmdlets use, and files and settings that are wrong.</summary>
public sealed class ConfigurationSettingTests : ConfigurationTestBase
{
    [Theory]
    [InlineData("nowhere", "ConfigurationNotFound")]
    [InlineData("odd", "ConfigurationNotFound")]
    [InlineData("minion", "ConfigurationInvalid")]
    public void Configuration_that_cannot_be_used_is_an_error_with_its_place(string name, string id)
    {
        Write("minion", "id: web1", "ipc_mode: [tcp");
        Write("odd", "id: web1");
        var error = Shell.Fails($"Get-SaltEvent -ConfigPath $conf/{name}");

        Assert.StartsWith(id, error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(Conf, name), error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Max_event_size_of_the_configuration_trims_what_is_fired()
    {
        WriteNode("master", "max_event_size: 1000");
        Shell.StartBus();
        using var wire = RawBusClient.Listen(Shell.Directory);
        Shell.Run("Send-SaltEvent my/tag @{ long = 'x' * 2000 } -ConfigPath $conf").Good();
        Shell.Run("Send-SaltEvent my/tag @{ long = 'x' * 2000 } -SockDir $dir").Good();

        Assert.Equal("VALUE_TRIMMED", wire.NextPayload()["long"]);
        Assert.Equal(new string('x', 2000), wire.NextPayload()["long"]);
    }

    [Theory]
    [InlineData("event_match_type: endswith", "", "b/a")]
    [InlineData("event_match_type: endswith", "-MatchType StartsWith", "a/b")]
    [InlineData("user: root", "", "a/b")]
    public void Event_match_type_of_the_configuration_holds_unless_MatchType_is_given(string line, string parameters, string expected)
    {
        WriteNode("master", line);
        var bus = Shell.StartBus();
        using var run = Shell.Start($"Get-SaltEvent a -ConfigPath $conf -Wait 20 {parameters}");
        Until.True(() => bus.Subscribers == 1, "the command listens");
        using var wire = RawBusClient.To(Shell.Directory);
        wire.Send("a/b");
        wire.Send("b/a");
        Assert.Equal([expected], run.Finish().Good().Tags());
    }

    [Theory]
    [InlineData("max_event_size: 10737418240")]
    [InlineData("max_event_size: 0")]
    [InlineData("max_event_size: many")]
    [InlineData("tcp_master_pub_port: auto")]
    [InlineData("publish_port: []")]
    [InlineData("event_match_type:")]
    [InlineData("ipc_mode: IPC")]
    [InlineData("user: sdb://vault/salt")]
    [InlineData("pki_dir: sdb://vault/x")]
    [InlineData("hash_type: 5")]
    [InlineData("id: [a]")]
    [InlineData("transport:")]
    public void A_wrong_setting_that_is_not_needed_does_not_matter(string line)
    {
        WriteNode("master", line);
        Shell.StartBus();
        Shell
            .Run("$session = New-SaltEventSession -ConfigPath $conf -Node Master; Send-SaltEvent my/tag x -ConfigPath $conf -Node Master")
            .Good();
        Assert.Equal(["my/tag"], Shell.Run("Get-SaltEvent my/* -Session $session -Wait 20").Good().Tags());
        Assert.True(Shell.Run("Test-SaltEventBus -ConfigPath $conf -Timeout 0").Single.Ok);
    }

    [Theory]
    [InlineData("max_event_size: 0", "Send-SaltEvent t x", "max_event_size is 0")]
    [InlineData("event_match_type:", "Get-SaltEvent t -Wait 0.01", "event_match_type is empty")]
    public void A_setting_that_is_needed_and_has_a_default_is_a_warning(string line, string command, string warning)
    {
        WriteNode("master", line);
        Shell.StartBus();
        Assert.Contains(
            $"{Conf}/master:3: {warning}",
            Assert.Single(Shell.Run($"{command} -ConfigPath $conf").Warnings),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void An_included_file_that_Salt_skips_is_a_warning_that_names_it()
    {
        Write("master.d/f_defaults.conf", "pillar_roots:base:- /srv/pillar", "#");
        WriteNode("minion", "id: web01");
        Write("minion.d/_schedule.conf", "schedule:", "  job: {enabled: true,");
        Shell.StartBus();
        Shell.Run("$minion = Start-SaltEventBus -SockDir $dir -MinionId web01").Good();
        foreach (
            var (node, file, command) in new[]
            {
                ("Master", "master.d/f_defaults.conf", "Send-SaltEvent t x"),
                ("Minion", "minion.d/_schedule.conf", "Test-SaltEventBus -Timeout 0"),
                ("Minion", "minion.d/_schedule.conf", "Get-SaltEvent -Wait 0.01"),
            }
        )
        {
            var result = Shell.Run($"{command} -ConfigPath $conf -Node {node}").Good();
            Assert.StartsWith($"{Conf}/{file}:", Assert.Single(result.Warnings), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("master", "minion", "Minion")]
    [InlineData("minion", "master", "Master")]
    public void A_broken_file_of_the_other_node_does_not_matter(string broken, string good, string node)
    {
        WriteNode(good, "id: web01");
        Write(broken, "schedule:", "\tjob: 1");
        Shell.StartBus(node == "Minion" ? "-MinionId web01" : string.Empty);
        foreach (var parameter in new[] { string.Empty, "-Node " + node })
        {
            var result = Shell.Run($"Test-SaltEventBus -ConfigPath $conf -Timeout 0 {parameter}");
            Assert.Equal((true, node), ((bool)result.Single.Ok, (string)result.Single.Node.ToString()));
            Assert.Equal(
                broken == "master" && parameter.Length == 0,
                result.Warnings.Any(w => w.Contains($"{Conf}/{broken}:", StringComparison.Ordinal))
            );
        }

        var found = Shell.Run("Get-SaltEventBus -Found -ConfigPath $conf");
        Assert.StartsWith("ConfigurationInvalid", Assert.Single(found.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Shell.Run("Stop-SaltEventBus").Good();
        Assert.StartsWith(
            broken == "master" ? "ConfigurationInvalid" : "BusNotFound",
            Shell.Fails("Send-SaltEvent t x -ConfigPath $conf").FullyQualifiedErrorId,
            StringComparison.Ordinal
        );
    }
}
