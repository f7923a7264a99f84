using System;
using System.Management.Automation;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>Parameters that commands share: times, and the ways to name a bus that contradict each other.</summary>
public sealed class ParameterTests : IDisposable
{
    private static readonly string[] Commands =
    [
        "Get-SaltEvent -Wait 0.1",
        "Watch-SaltEvent -Timeout 0.1",
        "New-SaltEventSession",
        "Send-SaltEvent t x",
        "Send-SaltMasterEvent t x",
    ];
    private readonly Shell shell = new();

    [Theory]
    [InlineData("4233600")]
    [InlineData("'49.00:00:00'")]
    public void The_longest_time_is_49_days(string value)
    {
        var bus = shell.StartBus();
        using var run = shell.Start($"Get-SaltEvent -Wait {value} -ConnectTimeout {value}");
        Until.True(() => (int)bus.Subscribers == 1, "it listens");
        using var wire = RawBusClient.To(shell.Directory);
        wire.Send("t");
        Assert.Single(run.Finish().Good().Output);
    }

    [Theory]
    [InlineData("-SockDir /x -PubPort 1")]
    [InlineData("-SockDir /x -PullPort 1")]
    [InlineData("-SockDir /x -Bus $bus")]
    [InlineData("-PubPort 1 -Bus $bus")]
    [InlineData("-SockDir /x -PubPort 1 -PullPort 2 -Bus $bus")]
    [InlineData("-HostName salt -SockDir /x")]
    [InlineData("-HostName salt -Bus $bus")]
    [InlineData("-MinionBus web01 -PubPort 1 -PullPort 2")]
    [InlineData("-MinionBus web01 -Bus $bus")]
    [InlineData("-Node Master -Bus $bus")]
    [InlineData("-Session $session -Bus $bus")]
    [InlineData("-ConfigPath /x -SockDir /x")]
    [InlineData("-ConfigPath /x -PubPort 1")]
    [InlineData("-ConfigPath /x -HostName salt")]
    [InlineData("-ConfigPath /x -Bus $bus")]
    public void Two_names_of_a_bus_are_a_binding_error(string parameters)
    {
        shell.StartBus();
        shell.Run("$session = New-SaltEventSession").Good();
        foreach (var command in Commands)
        {
            Assert.StartsWith(
                "AmbiguousParameterSet,",
                shell.Fails($"{command} {parameters}").FullyQualifiedErrorId,
                StringComparison.Ordinal
            );
        }
    }

    [Theory]
    [InlineData("-HostName salt", "-HostName", "-PubPort")]
    [InlineData("-MinionBus web01 -Node Master", "-MinionBus", "-Node")]
    public void Parameters_that_contradict_each_other_are_refused(string parameters, params string[] named)
    {
        shell.StartBus();
        foreach (var command in Commands)
        {
            var error = shell.Fails($"{command} {parameters}");
            Assert.StartsWith("ParametersDisagree,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Equal(ErrorCategory.InvalidArgument, error.CategoryInfo.Category);
            Assert.All(named, n => Assert.Contains(n, error.ToString(), StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("-PubPort 0")]
    [InlineData("-PubPort 65536")]
    [InlineData("-PullPort -1")]
    [InlineData("-SockDir ''")]
    [InlineData("-MinionBus ''")]
    [InlineData("-HostName ''")]
    [InlineData("-Session $null")]
    [InlineData("-Session 'x'")]
    [InlineData("-Node Syndic")]
    public void Meaningless_names_of_a_bus_are_binding_errors(string parameters) =>
        IsBindingError(shell.Fails("Get-SaltEvent -Wait 0.1 " + parameters));

    [Fact]
    public void A_relative_directory_is_one_of_the_session()
    {
        shell.Run("$null = [IO.Directory]::CreateDirectory(\"$dir/sub\")").Good();
        shell.StartBus();
        shell.Run("$ExecutionContext.SessionState.Path.SetLocation(\"$dir/sub\") | Out-Null; Send-SaltEvent t x -SockDir ..").Good();
    }

    public void Dispose() => shell.Dispose();

    private static void IsBindingError(ErrorRecord error) =>
        Assert.Matches("^(ParameterArgument|CannotConvertArgument|ParameterBindingFailed)", error.FullyQualifiedErrorId);
}
