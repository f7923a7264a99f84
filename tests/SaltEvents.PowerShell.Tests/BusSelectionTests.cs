using System;
using System.IO;
using System.Management.Automation;
using System.Reflection;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>Which bus a command uses.</summary>
[Collection(GlobalState.Name)]
public sealed class BusSelectionTests : BusSelectionTestBase
{
    [Fact]
    public void Without_a_bus_anywhere_the_error_says_what_to_do()
    {
        foreach (var script in new[] { "Get-SaltEvent", "Watch-SaltEvent", "Send-SaltEvent t x", "New-SaltEventSession" })
        {
            var error = Shell.Fails(script);
            Assert.StartsWith("BusNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Equal(ErrorCategory.ObjectNotFound, error.CategoryInfo.Category);
            Assert.Contains(Repository.NoBus, error.ToString(), StringComparison.Ordinal);
            Assert.Contains("Start-SaltEventBus", error.ToString(), StringComparison.Ordinal);
            Assert.StartsWith(Repository.NoBus, Assert.IsType<string>(error.TargetObject), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Minion", "127.0.0.1:4510")]
    [InlineData("Master", "127.0.0.1:4512")]
    public void Without_a_configuration_Windows_has_a_minion(string node, string pub)
    {
        // The module is in a context of its own, so what is internal is found by its name.
        var selector = Repository.Module.GetType("SaltEvents.Selection.BusSelector")!;
        var method = selector.GetMethod("FromDefaults", BindingFlags.Static | BindingFlags.NonPublic)!;
        var kind = Nullable.GetUnderlyingType(method.GetParameters()[0].ParameterType)!;
        dynamic bus = PSObject.AsPSObject(method.Invoke(null, [node == "Minion" ? null : Enum.Parse(kind, node), null, true])!);
        Assert.Equal((node, pub), ((string)bus.Node.ToString(), (string)bus.Endpoint.Pub.ToString()));
    }

    [Fact]
    public void The_bus_started_last_is_the_default_whatever_sessions_there_are()
    {
        Shell.Run("$a = Start-SaltEventBus -SockDir \"$dir/a\"; $b = Start-SaltEventBus -SockDir \"$dir/b\"").Good();
        Uses("b", "started last");
        Shell.Run("Stop-SaltEventBus $b").Good();
        Uses("a", "started last");
        Shell
            .Run(
                "$s = New-SaltEventSession -SockDir \"$dir/a\"; $b = Start-SaltEventBus -SockDir \"$dir/b\"; $t = New-SaltEventSession -SockDir \"$dir/a\""
            )
            .Good();
        Uses("b", "started last");
        Shell.Run("Remove-SaltEventSession $s, $t").Good();
        Uses("b", "started last");
    }

    [Theory]
    [InlineData("Stop-SaltEventBus", "")]
    [InlineData("Import-Module $manifest -Force", "")]
    [InlineData("Remove-Module SaltEvents; Import-Module $manifest", "")]
    [InlineData("1", "-Node Minion")]
    [InlineData("1", "-MinionBus web01")]
    public void A_session_that_has_had_a_bus_does_not_fall_back_to_Salts_own(string end, string parameters)
    {
        Shell["manifest"] = Repository.Manifest;
        using var salt = new Shell();
        using var minion = new Shell();
        salt.StartBus();
        minion.StartBus("-MinionId web01");
        Directory.CreateDirectory(Shell.Directory + "/salt");
        File.WriteAllText(Shell.Directory + "/salt/master", $"sock_dir: {salt.Directory}\n");
        File.WriteAllText(Shell.Directory + "/salt/minion", $"id: web01\nsock_dir: {minion.Directory}\n");
        try
        {
            Environment.SetEnvironmentVariable(Repository.Variable, null);
            Environment.SetEnvironmentVariable("SALTEVENTS_CONFIGPATH", Shell.Directory + "/salt");
            Shell.Run("Send-SaltEvent t x " + parameters).Good(); // before it has had one
            Shell.Run("$b = Start-SaltEventBus -SockDir \"$dir/own\"; " + end).Good();
            string[] scripts = ["Send-SaltEvent t x", "Get-SaltEvent -Wait 0.1", "New-SaltEventSession", "Watch-SaltEvent -WaitForBus"];
            foreach (
                var script in parameters.Length > 0
                    ? scripts
                    : [.. scripts, "Send-SaltEvent t x -Target web01", "Send-SaltMasterEvent t x -Direct"]
            )
            {
                var error = Shell.Fails($"{script} {parameters}");
                Assert.StartsWith("NoDefaultBus,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
                Assert.Equal(ErrorCategory.ObjectNotFound, error.CategoryInfo.Category);
                Assert.Contains(Shell.Directory, (string)error.TargetObject, StringComparison.Ordinal);
            }

            Shell
                .Run(
                    "Send-SaltEvent t x -SockDir '"
                        + (parameters.Length > 0 ? minion : salt).Directory
                        + "'; Send-SaltEvent t x -ConfigPath \"$dir/salt\" "
                        + parameters
                )
                .Good();
        }
        finally
        {
            Environment.SetEnvironmentVariable("SALTEVENTS_CONFIGPATH", null);
            Environment.SetEnvironmentVariable(Repository.Variable, Repository.NoBus);
        }
    }

    [Theory]
    [InlineData("Send-SaltEvent my/tag 1 -TagForm Padded", "-TagForm is for a bus with the transport ZeroMq")]
    [InlineData("Send-SaltEvent my/tag 1 -TagForm Padded -Bus $b", "-TagForm is for a bus with the transport ZeroMq")]
    [InlineData("Send-SaltEvent my/tag 1 -TagForm Padded -Session $s", "-TagForm is for a bus with the transport ZeroMq")]
    [InlineData("Send-SaltEvent my/tag 1 -SaltVersion 0.16.4", "-SaltVersion is for a bus with the transport ZeroMq")]
    [InlineData("Send-SaltMasterEvent my/tag 1 -SaltVersion 2014.7", "-SaltVersion is for a bus with the transport ZeroMq", "-Node Minion")]
    [InlineData("Get-SaltEvent -Transport ZeroMq -Wait 0.1", "does not use ZeroMq. Omit -Transport.")]
    [InlineData("Send-SaltEvent my/tag 1 -Node Minion", "is not the bus of a minion")]
    [InlineData("Send-SaltMasterEvent my/tag 1", "is not the bus of a minion")]
    [InlineData("Send-SaltEvent my/tag 1 -MinionBus web01", "is not the bus of the minion web01")]
    [InlineData("Send-SaltEvent my/tag 1 -Node Master", "is not the bus of a master", "-Node Minion")]
    [InlineData("Send-SaltEvent my/tag 1 -SaltVersion 3006.10", "-SaltVersion is for a bus with the transport Stream", "-Transport ZeroMq -PubPort 0")]
    public void A_bus_of_this_session_that_does_not_fit_is_reported_with_the_parameter_that_it_does_not_fit(
        string script,
        string text,
        string kind = ""
    )
    {
        try
        {
            Environment.SetEnvironmentVariable(Repository.Variable, null);
            Shell.Run($"$b = Start-SaltEventBus {kind}; $s = New-SaltEventSession").Good();
            var error = Shell.Fails(script);
            Assert.Contains(text, error.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("stopped", error.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Repository.Variable, Repository.NoBus);
        }
    }

    [Fact]
    public void The_environment_can_forbid_every_bus_that_no_parameter_names()
    {
        try
        {
            Environment.SetEnvironmentVariable(Repository.Variable, "none");
            Environment.SetEnvironmentVariable("SALTEVENTS_CONFIGPATH", Shell.Directory);
            var error = Shell.Fails("Send-SaltEvent t x");
            Assert.StartsWith("NoDefaultBus,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Contains("SALTEVENTS_SOCKDIR is none", error.ToString(), StringComparison.Ordinal);
            Assert.Empty(Shell.Run("Get-SaltEventBus -Found").Good().Output);
            Shell.Run("$b = Start-SaltEventBus -SockDir $dir; Send-SaltEvent t x; Send-SaltEvent t x -SockDir $dir").Good();
        }
        finally
        {
            Environment.SetEnvironmentVariable("SALTEVENTS_CONFIGPATH", null);
            Environment.SetEnvironmentVariable(Repository.Variable, Repository.NoBus);
        }
    }

    [Theory]
    [InlineData("Import-Module $manifest -Force")]
    [InlineData("Remove-Module SaltEvents")]
    public void A_bus_that_ends_with_the_module_is_reported(string end)
    {
        Shell["manifest"] = Repository.Manifest;
        Shell.StartBus();
        var warning = Assert.Single(Shell.Run(end).Good().Warnings);
        Assert.Contains(Shell.Directory, warning, StringComparison.Ordinal);
        Assert.Contains("was stopped", warning, StringComparison.Ordinal);
        Shell.Import();
        Assert.Empty(Shell.Run(end).Good().Warnings);
    }

    [Fact]
    public void The_environment_variable_comes_next()
    {
        using var other = new Shell();
        other.StartBus();
        Shell.Run("$s = New-SaltEventSession -SockDir '" + other.Directory + "'; Remove-SaltEventSession $s").Good();
        try
        {
            Environment.SetEnvironmentVariable(Repository.Variable, other.Directory);
            var used = Shell.Run("Send-SaltEvent t x -Verbose").Good();
            Assert.Contains(
                used.Verbose,
                v => v.Contains(other.Directory, StringComparison.Ordinal) && v.Contains(Repository.Variable, StringComparison.Ordinal)
            );
        }
        finally
        {
            Environment.SetEnvironmentVariable(Repository.Variable, Repository.NoBus);
        }
    }

    [Fact]
    public void A_parameter_comes_before_all()
    {
        Shell.Run("$a = Start-SaltEventBus -SockDir \"$dir/a\"; $b = Start-SaltEventBus -SockDir \"$dir/b\"").Good();
        Uses("a", "-SockDir", "-SockDir \"$dir/a\"");
        Uses("a", "-Bus", "-Bus $a");
    }
}
