using System;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>How events go out: connections, -PassThru, -WhatIf, a bus that is away or goes away.</summary>
public sealed class SendTests : IDisposable
{
    private readonly Shell shell = new();

    [Fact]
    public void WhatIf_still_reports_a_payload_that_cannot_be_sent()
    {
        using var fake = new FakeBus(shell.Directory);
        Assert.StartsWith(
            "UnsupportedValue",
            shell.Run("{ x } | Send-SaltEvent t -SockDir $dir -WhatIf").Error.FullyQualifiedErrorId,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_bus_that_stops_in_the_middle_ends_the_command()
    {
        shell.StartBus();
        var error = shell.Fails("1..1000 | ForEach-Object { if ($_ -eq 500) { Stop-SaltEventBus }; $_ } | Send-SaltEvent t -SockDir $dir");
        Assert.StartsWith("BusNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bus_that_starts_again_in_the_middle_gets_the_rest()
    {
        shell.StartBus();
        shell.Run(
            "1..100 | ForEach-Object { if ($_ -eq 50) { Stop-SaltEventBus; $bus = Start-SaltEventBus -SockDir $dir; $s = New-SaltEventSession }; $_ } | Send-SaltEvent t -SockDir $dir -ErrorAction SilentlyContinue"
        );
        Assert.Equal(
            Enumerable.Range(50, 51),
            shell
                .Run("Get-SaltEvent -Session $s -Count 51 | ForEach-Object { $_.Data.data }")
                .Good()
                .Output.Select(n => (int)(long)n.BaseObject)
        );
    }

    [Fact]
    public void A_bus_that_breaks_off_unread_is_DeliveryUnknown_and_nothing_is_sent_again()
    {
        using var fake = new FakeBus(shell.Directory);
        using var run = shell.Start("Send-SaltEvent t ('x' * 1000) -SockDir $dir -Framing Map");
        using (var sender = fake.AcceptSender())
        {
            Until.True(() => sender.Available > 1000, "the event is there");
        }

        var error = run.Finish().Error;
        Assert.StartsWith("DeliveryUnknown,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.ConnectionError, error.CategoryInfo.Category);
        Assert.Contains(shell.Directory, error.ToString(), StringComparison.Ordinal);
        Assert.True(fake.IsUntouched, "It connected again.");
    }

    [Fact]
    public void A_bus_that_reads_slowly_does_not_hold_the_command_for_long()
    {
        using var fake = new FakeBus(shell.Directory);
        var result = shell.Run("Send-SaltEvent t x -SockDir $dir -Framing Map -Verbose").Good(); // nobody accepts, nobody reads
        Assert.Contains(result.Verbose, v => v.Contains("has not read all events", StringComparison.Ordinal));
    }

    [Fact]
    public void Sending_can_be_stopped_while_the_bus_takes_nothing()
    {
        using var fake = new FakeBus(shell.Directory);
        using var run = shell.Start("'begun'; Send-SaltEvent t @{ l = ,('x' * 30000000) } -SockDir $dir -Framing Map");
        run.Next();
        using var sender = fake.AcceptSender();
        Until.True(() => sender.Available > 0, "the event is on its way");
        Assert.IsType<PipelineStoppedException>(run.Stop().Failure);
    }

    public void Dispose() => shell.Dispose();
}
