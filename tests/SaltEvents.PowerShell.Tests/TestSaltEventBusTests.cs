using System;
using System.Collections;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>Test-SaltEventBus: everything about a bus in one object, whatever is wrong with it.</summary>
public sealed class TestSaltEventBusTests : IDisposable
{
    private readonly Shell shell = new();

    public void Dispose() => shell.Dispose();

    private static string Advice(dynamic test) => string.Join(" ", ((IEnumerable)test.Advice).Cast<object>());

    [Theory]
    [InlineData("-SockDir /nowhere", "There is no Salt event bus in /nowhere", "-SockDir")]
    [InlineData("-SockDir $dir -Node Minion", "There is no Salt event bus in", "-SockDir")]
    [InlineData("-SockDir $dir -MinionBus web1", "There is no event bus of the minion web1", "-SockDir")]
    [InlineData("-ConfigPath /nowhere", "There is no configuration of Salt at /nowhere", "/nowhere")]
    public void A_missing_bus_is_a_result(string parameters, string advice, string origin)
    {
        var result = shell.Run($"Test-SaltEventBus {parameters} -Fire").Good();
        dynamic test = Assert.Single(result.Output);

        Assert.Equal((false, false, false), ((bool)test.Ok, (bool)test.CanRead, (bool)test.CanFire));
        Assert.Equal(origin, test.Origin);
        Assert.Contains(advice, Advice(test), StringComparison.Ordinal);
    }

    [Fact]
    public void A_closed_bus_is_a_result()
    {
        shell.StartBus();
        var test = shell.Run("Stop-SaltEventBus; Test-SaltEventBus -Bus $bus").Single;
        Assert.False(test.Ok);
        Assert.Contains("is closed", Advice(test), StringComparison.Ordinal);
    }

    [Fact]
    public void Pub_and_pull_of_two_buses_show_as_an_event_that_does_not_come_back()
    {
        shell.Run("$one = Start-SaltEventBus -PubPort 0; $two = Start-SaltEventBus -PubPort 0").Good();
        var test = shell.Run("Test-SaltEventBus -PubPort $one.PubPort -PullPort $two.PullPort -Fire -Timeout 0.1").Single;

        Assert.Equal((false, true, true), ((bool)test.Ok, (bool)test.CanRead, (bool)test.CanFire));
        Assert.Contains("did not come back within 0.1 s", Advice(test), StringComparison.Ordinal);
        Assert.Contains("pub and pull belong to the same bus", Advice(test), StringComparison.Ordinal);
    }

    [Fact]
    public void A_single_port_is_tested_without_the_other()
    {
        shell.Run("$one = Start-SaltEventBus -PubPort 0").Good();
        var test = shell.Run("Test-SaltEventBus -PubPort $one.PubPort -Timeout 0").Single;

        Assert.Equal((true, true), ((bool)test.Ok, (bool)test.CanRead));
        Assert.Null(test.CanFire);
        Assert.Null(test.PullAddress);
    }

    [Fact]
    public void The_labels_of_its_view_are_names_of_its_properties()
    {
        var labels = XDocument
            .Load(Path.Combine(Repository.Binaries, "SaltEvents.Format.ps1xml"))
            .Descendants("View")
            .Single(v => v.Element("Name")!.Value == "SaltEvents.SaltEventBusTest")
            .Descendants("Label")
            .Select(l => l.Value)
            .ToArray();
        var properties = shell
            .Run("(Test-SaltEventBus -SockDir /nowhere).PSObject.Properties.Name")
            .Good()
            .Output.Select(n => (string)n.BaseObject);
        Assert.NotEmpty(labels);
        Assert.Empty(labels.Except(properties));
    }
}
