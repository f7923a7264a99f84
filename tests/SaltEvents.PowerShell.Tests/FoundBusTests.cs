using System;
using System.IO;
using System.Linq;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>Get-SaltEventBus -Found: the buses that others run.</summary>
public sealed class FoundBusTests : IDisposable
{
    private readonly Shell shell = new();
    private readonly Shell other = new();

    public FoundBusTests()
    {
        File.WriteAllText(Path.Combine(shell.Directory, "master"), $"sock_dir: {other.Directory}\ncachedir: {other.Directory}\n");
        File.WriteAllText(Path.Combine(shell.Directory, "minion"), $"id: web1\nsock_dir: {other.Directory}\ncachedir: {other.Directory}\n");
    }

    public void Dispose()
    {
        shell.Dispose();
        other.Dispose();
    }

    [Fact]
    public void The_buses_of_a_configuration_are_found_and_whether_they_run()
    {
        other.StartBus("-Node Minion -MinionId web1");
        var found = shell.Run("Get-SaltEventBus -Found -ConfigPath $dir").Good().Output.Cast<dynamic>().ToArray();

        Assert.Equal(["Master: NotRunning", "Minion: Running"], found.Select(f => $"{f.Node}: {f.State}"));
        Assert.Equal((null, "web1"), ((string?)found[0].MinionId, (string?)found[1].MinionId));
        Assert.Equal(other.Directory, found[1].Address);
        Assert.Equal("-ConfigPath " + shell.Directory + "/minion", found[1].Origin);
        Assert.Contains("does not exist", found[0].Problem, StringComparison.Ordinal);
        Assert.Null(found[1].Problem);
    }

    [Fact]
    public void Other_buses_in_their_directories_are_found_too()
    {
        other.StartBus("-Node Minion -MinionId web1");
        other.Run("$second = Start-SaltEventBus -SockDir $dir -MinionId web2").Good();
        var found = shell.Run("Get-SaltEventBus -Found -ConfigPath $dir/minion").Good().Output.Cast<dynamic>().ToArray();

        Assert.Equal(2, found.Length);
        Assert.Equal($"sock_dir of {shell.Directory}/minion", found[1].Origin);
    }

    [SkippableTheory]
    [InlineData("-Transport ZeroMq", "ZeroMq")]
    [InlineData("", "Stream")]
    public void A_found_bus_knows_its_transport(string parameters, string transport)
    {
        Skip.If(transport == "ZeroMq" && !OperatingSystem.IsLinux(), "ZeroMQ over Unix sockets is for Linux.");
        other.StartBus(parameters);
        // A busy computer can be too slow for the first greeting.
        Until.True(
            () => $"{shell.Run("($found = Get-SaltEventBus -Found -ConfigPath $dir/master).Transport").Good().Value}" == transport,
            "the transport is recognized"
        );
        using var watching = shell.Start("Watch-SaltEvent -Bus $found -Count 1");
        Until.True(() => other.Run("$bus.Subscribers").Value is > 0, "the listener is connected");
        other.Run("Send-SaltEvent my/tag @{ n = 1 }").Good();
        Assert.Equal(["my/tag"], watching.Finish().Good().Tags());
    }

    [Fact]
    public void Only_the_directory_of_the_environment_is_searched() => Assert.Empty(shell.Run("Get-SaltEventBus -Found").Good().Output);

    [Fact]
    public void A_broken_configuration_is_an_error_that_ends_nothing()
    {
        File.WriteAllText(Path.Combine(shell.Directory, "master"), "a: [");
        Assert.StartsWith(
            "ConfigurationInvalid",
            shell.Run("Get-SaltEventBus -Found -ConfigPath $dir/master").Error.FullyQualifiedErrorId,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Found_does_not_go_with_a_number() => Assert.NotNull(shell.Fails("Get-SaltEventBus 1 -Found"));
}
