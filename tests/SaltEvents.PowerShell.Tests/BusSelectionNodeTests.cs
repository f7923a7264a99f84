using System;
using System.IO;
using System.Management.Automation;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>Which of a master's and its minions' buses a command uses.</summary>
[Collection(GlobalState.Name)]
public sealed class BusSelectionNodeTests : BusSelectionTestBase
{
    [Fact]
    public void The_node_chooses_between_a_master_and_a_minion()
    {
        Shell
            .Run(
                "$m = Start-SaltEventBus -SockDir \"$dir/master\"; $n = Start-SaltEventBus -MinionId web01 -SockDir \"$dir/minion\" -Master $m"
            )
            .Good();
        Uses("minion", "started last");
        Uses("master", "started last", "-Node Master");
        Uses("minion", "started last", "-Node Minion");
        Uses("minion", "started last", "-MinionBus web01");
        Shell.Run("$x = Start-SaltEventBus -SockDir \"$dir/x\"; Send-SaltMasterEvent t x").Good();
        Assert.StartsWith(
            "BusNotFound,",
            Shell.Fails("Get-SaltEvent -MinionBus other -Wait 0.1").FullyQualifiedErrorId,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void In_a_directory_the_masters_bus_comes_before_a_minions()
    {
        Shell.Run("$n = Start-SaltEventBus -MinionId web01 -SockDir $dir").Good();
        Assert.Contains("minion_event_", UsedEndpoint("-SockDir $dir"), StringComparison.Ordinal);
        Shell.Run("$m = Start-SaltEventBus -SockDir $dir").Good();
        Assert.Contains("master_event_", UsedEndpoint("-SockDir $dir"), StringComparison.Ordinal);
        Assert.Contains("minion_event_", UsedEndpoint("-SockDir $dir -Node Minion"), StringComparison.Ordinal);
    }

    [Fact]
    public void Several_minions_are_an_error_that_lists_them()
    {
        Shell.Run("foreach ($id in 'web01', 'db01') { $null = Start-SaltEventBus -MinionId $id -SockDir $dir }").Good();
        var error = Shell.Fails("Get-SaltEvent -SockDir $dir");
        Assert.StartsWith("BusAmbiguous,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.InvalidArgument, error.CategoryInfo.Category);
        Assert.Contains("-MinionBus", error.ToString(), StringComparison.Ordinal);
        foreach (var file in Directory.GetFiles(Shell.Directory, "*_pub.ipc"))
        {
            Assert.Contains(
                Path.GetFileName(file).Replace("_pub.ipc", string.Empty, StringComparison.Ordinal),
                error.ToString(),
                StringComparison.Ordinal
            );
        }

        Assert.NotEqual(UsedEndpoint("-SockDir $dir -MinionBus web01"), UsedEndpoint("-SockDir $dir -MinionBus db01"));
        var missing = Shell.Fails("Get-SaltEvent -SockDir $dir -MinionBus mail01");
        Assert.StartsWith("BusNotFound,", missing.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("mail01", missing.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-MinionId web01", "Master", "-Node Minion")]
    [InlineData("", "Minion", "-Node Master")]
    public void A_directory_that_disagrees_with_the_node_says_what_is_there(string start, string asked, string hint)
    {
        Shell.Run($"$b = Start-SaltEventBus -SockDir $dir {start}").Good();
        var error = Shell.Fails($"Get-SaltEvent -SockDir $dir -Node {asked}");
        Assert.StartsWith("WrongNode,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.InvalidArgument, error.CategoryInfo.Category);
        Assert.Contains(hint, error.ToString(), StringComparison.Ordinal);
        Assert.Contains(Shell.Directory, error.ToString(), StringComparison.Ordinal);
    }

    private string UsedEndpoint(string parameters) => Shell.Run($"Send-SaltEvent t x -Verbose {parameters}").Good().Verbose[0];
}
