using System;
using System.IO;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>Which bus Salt's configuration makes the cmdlets use.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private readonly Shell shell = new();

    public ConfigurationTests() => Write("master", $"sock_dir: {shell.Directory}", "cachedir: " + shell.Directory);

    public void Dispose() => shell.Dispose();

    private string Conf => Path.Combine(shell.Directory, "conf");

    private void Write(string name, params string[] lines)
    {
        Directory.CreateDirectory(Conf);
        File.WriteAllText(Path.Combine(Conf, name), string.Join('\n', lines) + "\n");
        shell["conf"] = Conf;
    }

    [Theory]
    [InlineData("$conf")]
    [InlineData("$conf/master")]
    public void ConfigPath_names_the_bus_and_verbose_says_which_line(string path)
    {
        shell.StartBus();
        var result = shell.Run($"Send-SaltEvent x my/tag -ConfigPath {path} -Verbose").Good();

        var verbose = Assert.Single(result.Verbose, v => v.StartsWith("Using the bus", StringComparison.Ordinal));
        Assert.Contains(shell.Directory + "/master_event_pub.ipc", verbose, StringComparison.Ordinal);
        Assert.Contains("-ConfigPath " + Conf + "/master", verbose, StringComparison.Ordinal);
        Assert.Contains("sock_dir: " + Conf + "/master:1", verbose, StringComparison.Ordinal);
        Assert.Contains("ipc_mode: default", verbose, StringComparison.Ordinal);
        Assert.Equal(1L, shell.Run("$bus.EventsIn").Value);
    }

    [Fact]
    public void Every_cmdlet_that_reaches_a_bus_takes_ConfigPath()
    {
        var without = shell.Run("Get-Command -Module SaltEvents | Where-Object { $_.Parameters.ContainsKey('SockDir') -and $_.Parameters.ContainsKey('Session') -and -not $_.Parameters.ContainsKey('ConfigPath') }");
        Assert.Empty(without.Good().Output);
    }

    [Theory]
    [InlineData("-SockDir $dir")]
    [InlineData("-PubPort 1")]
    [InlineData("-PullPort 1")]
    [InlineData("-Session $bus")]
    [InlineData("-HostName somewhere")]
    public void ConfigPath_does_not_go_with_another_name_of_a_bus(string other)
    {
        shell.StartBus();
        Assert.StartsWith("ParametersDisagree", shell.Fails($"Get-SaltEvent -ConfigPath $conf {other}").FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.StartsWith("ParametersDisagree", shell.Fails($"Test-SaltEventBus -ConfigPath $conf {other}").FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void The_one_of_two_that_runs_is_taken_and_Node_decides()
    {
        Write("minion", $"sock_dir: {shell.Directory}", "cachedir: " + shell.Directory, "id: web1");
        shell.StartBus("-Node Minion -MinionId web1");

        Assert.Equal("Minion", shell.Run("(Test-SaltEventBus -ConfigPath $conf -Timeout 0).Node.ToString()").Value);
        Assert.Equal("Master", shell.Run("(Test-SaltEventBus -ConfigPath $conf -Timeout 0 -Node Master).Node.ToString()").Value);
        shell.Run("$master = Start-SaltEventBus -SockDir $dir").Good();
        Assert.Equal("Master", shell.Run("(Test-SaltEventBus -ConfigPath $conf -Timeout 0).Node.ToString()").Value);
        Assert.Equal("Minion", shell.Run("(Test-SaltEventBus -ConfigPath $conf -Timeout 0 -MinionId web1).Node.ToString()").Value);
    }

    [Theory]
    [InlineData("nowhere", "ConfigurationNotFound")]
    [InlineData("odd", "ConfigurationNotFound")]
    [InlineData("minion", "ConfigurationInvalid")]
    public void Configuration_that_cannot_be_used_is_an_error_with_its_place(string name, string id)
    {
        Write("minion", "id: web1", "ipc_mode: [tcp");
        Write("odd", "id: web1");
        var error = shell.Fails($"Get-SaltEvent -ConfigPath $conf/{name}");

        Assert.StartsWith(id, error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(Conf, name), error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Max_event_size_of_the_configuration_trims_what_is_fired()
    {
        Write("master", $"sock_dir: {shell.Directory}", "cachedir: " + shell.Directory, "max_event_size: 1000");
        shell.StartBus();
        using var wire = Wire.Listen(shell.Directory);
        shell.Run("Send-SaltEvent @{ long = 'x' * 2000 } my/tag -ConfigPath $conf").Good();
        shell.Run("Send-SaltEvent @{ long = 'x' * 2000 } my/tag -SockDir $dir").Good();

        Assert.Equal("VALUE_TRIMMED", wire.NextPayload()["long"]);
        Assert.Equal(new string('x', 2000), wire.NextPayload()["long"]);
    }

    [Theory]
    [InlineData("event_match_type: endswith", "", "b/a")]
    [InlineData("event_match_type: endswith", "-MatchType StartsWith", "a/b")]
    [InlineData("user: root", "", "a/b")]
    public void Event_match_type_of_the_configuration_holds_unless_MatchType_is_given(string line, string parameters, string expected)
    {
        Write("master", $"sock_dir: {shell.Directory}", "cachedir: " + shell.Directory, line);
        var bus = shell.StartBus();
        using var run = shell.Start($"Get-SaltEvent a -ConfigPath $conf -Wait 20 {parameters}");
        Until.True(() => bus.Subscribers == 1, "the command listens");
        using var wire = Wire.To(shell.Directory);
        wire.Send("a/b");
        wire.Send("b/a");
        Assert.Equal([expected], run.Finish().Good().Tags());
    }

    [Fact]
    public void The_environment_names_a_sock_dir_before_a_configuration_and_both_before_Salts_own()
    {
        // The variables are the process's: another one, so that no other test sees them.
        var child = ChildProcess.Engine(
            """
            Import-Module $manifest
            [Environment]::SetEnvironmentVariable('SALTEVENTS_CONFIGPATH', $arguments[0])
            [Environment]::SetEnvironmentVariable('SALT_CONFIG_DIR', $arguments[0])
            foreach ($variable in 'SALTEVENTS_SOCKDIR', 'SALTEVENTS_CONFIGPATH') {
                $test = Test-SaltEventBus -Timeout 0
                $test.Origin
                if ($variable -ne 'SALTEVENTS_SOCKDIR') { $test.PubAddress }
                [Environment]::SetEnvironmentVariable($variable, $null)
            }
            (Test-SaltEventBus -Timeout 0).Origin
            (Get-SaltEventBus -Found | Where-Object Origin -like 'Salt?s configuration*').PubAddress
            """,
            Conf).Good();
        Assert.Equal(
            [
                "environment variable SALTEVENTS_SOCKDIR",
                "environment variable SALTEVENTS_CONFIGPATH " + Conf + "/master", shell.Directory + "/master_event_pub.ipc",
                "Salt's configuration " + Conf + "/master", shell.Directory + "/master_event_pub.ipc",
            ],
            child.Lines);
    }
}
