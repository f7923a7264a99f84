using System;
using System.Diagnostics;
using System.Management.Automation;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>Waiting for one event, or a few.</summary>
public sealed class GetSaltEventTests : ListenTestBase
{
    [Fact]
    public void DataOnly_returns_a_list_as_one_object_and_nil_as_null()
    {
        Shell.Run("$s = New-SaltEventSession").Good();
        Wire.SendBytes("t", 0x92, 1, 2);
        Wire.SendBytes("t", 0xC0);
        var output = Shell.Run("Get-SaltEvent -Session $s -DataOnly -Count 2").Good().Output;
        Assert.Equal([1L, 2L], (object[])output[0].BaseObject);
        Assert.Null(output[1]);
    }

    [Fact]
    public void A_busy_bus_does_not_outrun_the_wait()
    {
        using var run = StartListening("Get-SaltEvent busy -Count 1000000 -Wait 0.5");
        var watch = Stopwatch.StartNew();
        while (run.IsRunning && watch.Elapsed < Until.Limit)
        {
            Wire.Send("busy/1");
        }

        Assert.InRange(watch.Elapsed.TotalSeconds, 0.1, 5);
        Assert.NotEmpty(run.Finish().Good().Output);
    }

    [Fact]
    public void Events_that_do_not_match_do_not_delay_the_wait()
    {
        using var run = StartListening("Get-SaltEvent never -Wait 0.5");
        var watch = Stopwatch.StartNew();
        while (run.IsRunning && watch.Elapsed < Until.Limit)
        {
            Wire.Send("busy/1");
        }

        Assert.InRange(watch.Elapsed.TotalSeconds, 0.1, 5);
        Assert.Empty(run.Finish().Good().Output);
    }

    [Fact]
    public void A_peer_that_is_not_a_Salt_bus_is_an_error()
    {
        using var directory = new TempDirectory();
        using var fake = new FakeBus(directory.Path);
        using var run = Shell.Start($"try {{ Get-SaltEvent -SockDir '{directory.Path}' -Wait -1 }} catch {{ throw }}");
        fake.AcceptListener().Send("HTTP/1.1 400 Bad Request\r\n\r\n"u8);
        var error = run.Finish().Terminating;
        Assert.StartsWith("NotASaltBus,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.InvalidData, error.CategoryInfo.Category);
        Assert.Contains("HTTP/1.1", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("socket of a Salt event bus", error.ToString(), StringComparison.Ordinal);
    }
}
