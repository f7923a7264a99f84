using System;
using System.Collections;
using System.Collections.Generic;
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

    [Fact]
    public void A_good_bus_is_Ok_and_shows_all()
    {
        shell.StartBus();
        var test = shell.Run("Test-SaltEventBus -SockDir $dir -Fire").Single;

        Assert.True(test.Ok);
        Assert.Equal("Master", test.Node.ToString());
        Assert.Equal(
            (shell.Directory + "/master_event_pub.ipc", shell.Directory + "/master_event_pull.ipc"),
            ((string)test.PubAddress, (string)test.PullAddress)
        );
        Assert.Equal((true, true), ((bool)test.CanRead, (bool)test.CanFire));
        Assert.Equal(("Map", "Map"), ((string)test.Dialect.ToString(), (string)test.Accepts.ToString()));
        Assert.True(test.RoundTrip > TimeSpan.Zero);
        Assert.Equal("Nothing is wrong.", Advice(test));
        Assert.Equal($"sock_dir = {shell.Directory} (-SockDir)", Assert.Single((IEnumerable<object>)test.Settings).ToString());
        var steps = ((IEnumerable)test.Steps).Cast<object>().Select(s => s.ToString()!).ToArray();
        Assert.StartsWith("/  root:root ", steps[0], StringComparison.Ordinal);
        Assert.EndsWith(" 0600", steps[^1], StringComparison.Ordinal);
        Assert.StartsWith(shell.Directory + "/master_event_pull.ipc  ", steps[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Map")]
    [InlineData("LengthPrefixed")]
    public void It_shows_what_a_bus_of_another_dialect_speaks_and_takes(string framing)
    {
        shell.StartBus($"-Framing {framing} -AcceptFraming {framing}");
        var test = shell.Run("Test-SaltEventBus -SockDir $dir -Fire").Single;
        Assert.Equal((true, framing, framing), ((bool)test.Ok, (string)test.Dialect.ToString(), (string)test.Accepts.ToString()));
    }

    [Fact]
    public void Without_Fire_nothing_is_written_and_silence_is_not_a_fault()
    {
        shell.StartBus();
        var test = shell.Run("Test-SaltEventBus -Timeout 0").Single;

        Assert.True(test.Ok);
        Assert.Equal("NoneSeen", test.Dialect.ToString());
        Assert.Null(test.RoundTrip);
        Assert.Contains("use -Fire to see whether it delivers events", Advice(test), StringComparison.Ordinal);
        Assert.Equal(0L, shell.Run("$bus.EventsIn").Value);
    }

    [Theory]
    [InlineData("", "There is no Salt event bus in", "environment variable SALTEVENTS_SOCKDIR")]
    [InlineData("-SockDir /nowhere", "There is no Salt event bus in /nowhere", "-SockDir")]
    [InlineData("-SockDir $dir -Node Minion", "There is no Salt event bus in", "-SockDir")]
    [InlineData("-SockDir $dir -MinionBus web1", "There is no event bus of the minion web1", "-SockDir")]
    [InlineData("-PubPort 1 -PullPort 1", "nothing listens on that port", "-PubPort and -PullPort")]
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
    public void Settings_of_the_configuration_name_file_and_line()
    {
        File.WriteAllText(Path.Combine(shell.Directory, "minion"), "id: web1\nipc_mode: tcp\ntcp_pub_port: 1\n");
        var test = shell.Run("Test-SaltEventBus -ConfigPath $dir/minion").Single;

        Assert.Equal("Minion", test.Node.ToString());
        Assert.Equal(
            [
                $"ipc_mode = tcp ({shell.Directory}/minion:2)",
                $"tcp_pub_port = 1 ({shell.Directory}/minion:3)",
                "tcp_pull_port = 4511 (default)",
            ],
            ((IEnumerable)test.Settings).Cast<object>().Select(s => s.ToString()!)
        );
        Assert.Empty((IEnumerable)test.Steps);
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

    [Fact]
    public void Its_view_fits_80_columns()
    {
        var child = ChildProcess
            .RunPwsh(
                "$bus = Start-SaltEventBus; Test-SaltEventBus -Bus $bus -Fire | Out-String -Width 80; Test-SaltEventBus -SockDir /nowhere | Out-String -Width 80"
            )
            .Good();

        Assert.All(child.Output.Split('\n'), line => Assert.True(line.TrimEnd('\r').Length <= 80, line));
        Assert.Matches("RoundTrip   : [0-9]+[^0-9 ]?[0-9]* ms", child.Output);
        Assert.Contains("Advice      : Nothing is wrong.", child.Output, StringComparison.Ordinal);
        Assert.Contains("/nowhere  missing, or hidden by permissions", child.Output, StringComparison.Ordinal);
    }
}
