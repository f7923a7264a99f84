using System;
using System.IO;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>Which bus Salt's configuration makes the cmdlets use.</summary>
public sealed class ConfigurationTests : ConfigurationTestBase
{
    [Theory]
    [InlineData("$conf")]
    [InlineData("$conf/master")]
    public void ConfigPath_names_the_bus_and_verbose_says_which_line(string path)
    {
        Shell.StartBus();
        var result = Shell.Run($"Send-SaltEvent my/tag x -ConfigPath {path} -Verbose").Good();

        var verbose = Assert.Single(result.Verbose, v => v.StartsWith("Using the bus", StringComparison.Ordinal));
        Assert.Contains(Shell.Directory + "/master_event_pub.ipc", verbose, StringComparison.Ordinal);
        Assert.Contains("-ConfigPath " + Conf + "/master", verbose, StringComparison.Ordinal);
        Assert.Contains("sock_dir: " + Conf + "/master:1", verbose, StringComparison.Ordinal);
        Assert.Contains("ipc_mode: default", verbose, StringComparison.Ordinal);
        Assert.Equal(1L, Shell.Run("$bus.EventsIn").Value);
    }

    [Fact]
    public void Every_cmdlet_that_reaches_a_bus_takes_ConfigPath()
    {
        var without = Shell.Run(
            "Get-Command -Module SaltEvents | Where-Object { $_.Parameters.ContainsKey('SockDir') -and $_.Parameters.ContainsKey('Session') -and -not $_.Parameters.ContainsKey('ConfigPath') }"
        );
        Assert.Empty(without.Good().Output);
    }

    [Fact]
    public void The_bus_that_runs_is_used_unless_Node_names_one()
    {
        WriteNode("minion", "id: web1");
        Shell.StartBus("-Node Minion -MinionId web1");

        Assert.Equal("Minion", Shell.Run("(Test-SaltEventBus -ConfigPath $conf -Timeout 0).Node.ToString()").Value);
        Assert.Equal("Master", Shell.Run("(Test-SaltEventBus -ConfigPath $conf -Timeout 0 -Node Master).Node.ToString()").Value);
        Shell.Run("$master = Start-SaltEventBus -SockDir $dir").Good();
        Assert.Equal("Master", Shell.Run("(Test-SaltEventBus -ConfigPath $conf -Timeout 0).Node.ToString()").Value);
        Assert.Equal("Minion", Shell.Run("(Test-SaltEventBus -ConfigPath $conf -Timeout 0 -MinionBus web1).Node.ToString()").Value);
    }

    [Fact]
    public void Salts_own_variables_name_its_files()
    {
        File.WriteAllText(Shell.Directory + "/m", $"sock_dir: {Shell.Directory}\ncachedir: {Shell.Directory}\n");
        File.WriteAllText(Shell.Directory + "/n", $"id: web01\nsock_dir: {Shell.Directory}\ncachedir: {Shell.Directory}\n");
        var child = ChildProcess
            .Engine(
                """
                Import-Module $manifest
                foreach ($variable in 'SALTEVENTS_SOCKDIR', 'SALTEVENTS_CONFIGPATH', 'SALT_CONFIG_DIR') { [Environment]::SetEnvironmentVariable($variable, $null) }
                [Environment]::SetEnvironmentVariable('SALT_MASTER_CONFIG', "$($arguments[0])/m")
                [Environment]::SetEnvironmentVariable('SALT_MINION_CONFIG', "$($arguments[0])/n")
                (Test-SaltEventBus -Timeout 0 -Node Master).Origin
                (Test-SaltEventBus -Timeout 0 -Node Minion).Origin
                foreach ($default in '/etc/salt/', '/etc/../etc/./salt//') {
                    [Environment]::SetEnvironmentVariable('SALT_CONFIG_DIR', $default)
                    (Test-SaltEventBus -Timeout 0 -Node Master).Origin
                }
                [Environment]::SetEnvironmentVariable('SALT_CONFIG_DIR', $arguments[1])
                (Test-SaltEventBus -Timeout 0 -Node Master).Origin
                """,
                Shell.Directory,
                Conf
            )
            .Good();
        Assert.Equal(
            [
                $"Salt's configuration {Shell.Directory}/m",
                $"Salt's configuration {Shell.Directory}/n",
                $"Salt's configuration {Shell.Directory}/m",
                $"Salt's configuration {Shell.Directory}/m",
                $"Salt's configuration {Conf}/master",
            ],
            child.Lines
        );
    }

    [NeedsFact(What = "root and setpriv")]
    public void A_directory_of_configuration_that_may_not_be_read_is_reported()
    {
        var child = ChildProcess.EngineAsNobody(
            "Import-Module $manifest; [Environment]::SetEnvironmentVariable('SALTEVENTS_SOCKDIR', $null); [Environment]::SetEnvironmentVariable('SALT_CONFIG_DIR', $arguments[0]); (Test-SaltEventBus -Timeout 0).Origin",
            Conf
        );
        Assert.StartsWith(
            $"Salt's default directory. nobody may not read Salt's configuration at {Shell.Directory}: it belongs to root:root, mode 0700.",
            child.Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_modules_variables_come_before_Salts_own_and_the_sock_dir_comes_first()
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
                "environment variable SALTEVENTS_CONFIGPATH " + Conf + "/master", Shell.Directory + "/master_event_pub.ipc",
                "Salt's configuration " + Conf + "/master", Shell.Directory + "/master_event_pub.ipc",
            ],
            child.Lines);
    }
}
