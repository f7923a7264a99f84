using System;
using System.IO;
using System.Linq;
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
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Conf, name))!);
        File.WriteAllText(Path.Combine(Conf, name), string.Join('\n', lines) + "\n");
        shell["conf"] = Conf;
    }

    [Theory]
    [InlineData("$conf")]
    [InlineData("$conf/master")]
    public void ConfigPath_names_the_bus_and_verbose_says_which_line(string path)
    {
        shell.StartBus();
        var result = shell.Run($"Send-SaltEvent my/tag x -ConfigPath {path} -Verbose").Good();

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
        var without = shell.Run(
            "Get-Command -Module SaltEvents | Where-Object { $_.Parameters.ContainsKey('SockDir') -and $_.Parameters.ContainsKey('Session') -and -not $_.Parameters.ContainsKey('ConfigPath') }"
        );
        Assert.Empty(without.Good().Output);
    }

    [Theory]
    [InlineData("-SockDir $dir")]
    [InlineData("-PubPort 1")]
    [InlineData("-PullPort 1")]
    [InlineData("-Bus $bus")]
    [InlineData("-HostName somewhere")]
    public void ConfigPath_does_not_go_with_another_name_of_a_bus(string other)
    {
        shell.StartBus();
        Assert.StartsWith(
            "AmbiguousParameterSet,",
            shell.Fails($"Get-SaltEvent -ConfigPath $conf {other}").FullyQualifiedErrorId,
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "AmbiguousParameterSet,",
            shell.Fails($"Test-SaltEventBus -ConfigPath $conf {other}").FullyQualifiedErrorId,
            StringComparison.Ordinal
        );
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
        Assert.Equal("Minion", shell.Run("(Test-SaltEventBus -ConfigPath $conf -Timeout 0 -MinionBus web1).Node.ToString()").Value);
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
        using var wire = RawBusClient.Listen(shell.Directory);
        shell.Run("Send-SaltEvent my/tag @{ long = 'x' * 2000 } -ConfigPath $conf").Good();
        shell.Run("Send-SaltEvent my/tag @{ long = 'x' * 2000 } -SockDir $dir").Good();

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
        using var wire = RawBusClient.To(shell.Directory);
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
    public void A_setting_that_is_not_needed_stops_nothing(string line)
    {
        Write("master", $"sock_dir: {shell.Directory}", "cachedir: " + shell.Directory, line);
        shell.StartBus();
        shell
            .Run("$session = New-SaltEventSession -ConfigPath $conf -Node Master; Send-SaltEvent my/tag x -ConfigPath $conf -Node Master")
            .Good();
        Assert.Equal(["my/tag"], shell.Run("Get-SaltEvent my/* -Session $session -Wait 20").Good().Tags());
        Assert.True(shell.Run("Test-SaltEventBus -ConfigPath $conf -Timeout 0").Single.Ok);
    }

    [Theory]
    [InlineData("max_event_size: 0", "Send-SaltEvent t x", "max_event_size is 0")]
    [InlineData("event_match_type:", "Get-SaltEvent t -Wait 0.01", "event_match_type is empty")]
    public void A_setting_that_is_needed_and_has_a_default_is_a_warning(string line, string command, string warning)
    {
        Write("master", $"sock_dir: {shell.Directory}", "cachedir: " + shell.Directory, line);
        shell.StartBus();
        Assert.Contains(
            $"{Conf}/master:3: {warning}",
            Assert.Single(shell.Run($"{command} -ConfigPath $conf").Warnings),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void An_included_file_that_Salt_skips_is_a_warning_that_names_it()
    {
        Write("master.d/f_defaults.conf", "pillar_roots:base:- /srv/pillar", "#");
        Write("minion", "id: web01", $"sock_dir: {shell.Directory}", "cachedir: " + shell.Directory);
        Write("minion.d/_schedule.conf", "schedule:", "  job: {enabled: true,");
        shell.StartBus();
        shell.Run("$minion = Start-SaltEventBus -SockDir $dir -MinionId web01").Good();
        foreach (
            var (node, file, command) in new[]
            {
                ("Master", "master.d/f_defaults.conf", "Send-SaltEvent t x"),
                ("Minion", "minion.d/_schedule.conf", "Test-SaltEventBus -Timeout 0"),
                ("Minion", "minion.d/_schedule.conf", "Get-SaltEvent -Wait 0.01"),
            }
        )
        {
            var result = shell.Run($"{command} -ConfigPath $conf -Node {node}").Good();
            Assert.StartsWith($"{Conf}/{file}:", Assert.Single(result.Warnings), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("master", "minion", "Minion")]
    [InlineData("minion", "master", "Master")]
    public void The_other_nodes_broken_file_stops_nothing(string broken, string good, string node)
    {
        Write(good, $"sock_dir: {shell.Directory}", "cachedir: " + shell.Directory, "id: web01");
        Write(broken, "schedule:", "\tjob: 1");
        shell.StartBus(node == "Minion" ? "-MinionId web01" : string.Empty);
        foreach (var parameter in new[] { string.Empty, "-Node " + node })
        {
            var result = shell.Run($"Test-SaltEventBus -ConfigPath $conf -Timeout 0 {parameter}");
            Assert.Equal((true, node), ((bool)result.Single.Ok, (string)result.Single.Node.ToString()));
            Assert.Equal(
                broken == "master" && parameter.Length == 0,
                result.Warnings.Any(w => w.Contains($"{Conf}/{broken}:", StringComparison.Ordinal))
            );
        }

        var found = shell.Run("Get-SaltEventBus -Found -ConfigPath $conf");
        Assert.StartsWith("ConfigurationInvalid", Assert.Single(found.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        shell.Run("Stop-SaltEventBus").Good();
        Assert.StartsWith(
            broken == "master" ? "ConfigurationInvalid" : "BusNotFound",
            shell.Fails("Send-SaltEvent t x -ConfigPath $conf").FullyQualifiedErrorId,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Salts_variables_name_the_files_of_its_own_place()
    {
        File.WriteAllText(shell.Directory + "/m", $"sock_dir: {shell.Directory}\ncachedir: {shell.Directory}\n");
        File.WriteAllText(shell.Directory + "/n", $"id: web01\nsock_dir: {shell.Directory}\ncachedir: {shell.Directory}\n");
        var child = ChildProcess
            .Engine(
                """
                Import-Module $manifest
                foreach ($variable in 'SALTEVENTS_SOCKDIR', 'SALTEVENTS_CONFIGPATH', 'SALT_CONFIG_DIR') { [Environment]::SetEnvironmentVariable($variable, $null) }
                [Environment]::SetEnvironmentVariable('SALT_MASTER_CONFIG', "$($arguments[0])/m")
                [Environment]::SetEnvironmentVariable('SALT_MINION_CONFIG', "$($arguments[0])/n")
                (Test-SaltEventBus -Timeout 0 -Node Master).Origin
                (Test-SaltEventBus -Timeout 0 -Node Minion).Origin
                [Environment]::SetEnvironmentVariable('SALT_CONFIG_DIR', $arguments[1])
                (Test-SaltEventBus -Timeout 0 -Node Master).Origin
                """,
                shell.Directory,
                Conf
            )
            .Good();
        Assert.Equal(
            [
                $"Salt's configuration {shell.Directory}/m",
                $"Salt's configuration {shell.Directory}/n",
                $"Salt's configuration {Conf}/master",
            ],
            child.Lines
        );
    }

    [NeedsFact(What = "root and setpriv")]
    public void A_directory_of_configuration_that_may_not_be_read_is_reported()
    {
        Skip.If(
            OperatingSystem.IsWindows() || Environment.UserName != "root" || !File.Exists("/usr/bin/setpriv"),
            "only root can run a test as another account"
        );
        var script = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllText(
            script,
            "Import-Module $manifest; [Environment]::SetEnvironmentVariable('SALTEVENTS_SOCKDIR', $null); [Environment]::SetEnvironmentVariable('SALT_CONFIG_DIR', $arguments[0]); (Test-SaltEventBus -Timeout 0).Origin"
        );
        var child = ChildProcess.Run(
            "/usr/bin/setpriv",
            [
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "env",
                "HOME=/tmp",
                "dotnet",
                typeof(ConfigurationTests).Assembly.Location,
                script,
                Conf,
            ]
        );
        File.Delete(script);
        Skip.If(child.ExitCode != 0, "the other account may not read the tests: " + child.Errors);
        Assert.StartsWith(
            $"Salt's default directory. nobody may not read Salt's configuration at {shell.Directory}: it belongs to root:root, mode 0700.",
            child.Output,
            StringComparison.Ordinal
        );
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
