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
    public void Many_objects_go_over_one_connection()
    {
        using var fake = new FakeBus(shell.Directory);
        using var run = shell.Start("1..100 | Send-SaltEvent t -SockDir $dir -Framing Map");
        using var sender = fake.AcceptSender();
        var buffer = new byte[65536];
        while (sender.Receive(buffer) > 0)
        {
        }

        sender.Close();
        run.Finish().Good();
        Assert.True(fake.IsUntouched, "A second connection was opened, or pub.");
    }

    [Fact]
    public void WhatIf_sends_nothing_and_opens_nothing()
    {
        using var fake = new FakeBus(shell.Directory);
        shell.Run("1..3 | Send-SaltEvent t -SockDir $dir -WhatIf").Good();
        shell.Run("Send-SaltEvent t x -SockDir $dir -WhatIf -PassThru").Good();
        shell
            .Run("function Test-It { [CmdletBinding(SupportsShouldProcess)] param() Send-SaltEvent t x -SockDir $dir }; Test-It -WhatIf")
            .Good();
        shell.Run("& { $WhatIfPreference = $true; Send-SaltEvent t x -SockDir $dir }").Good();
        Assert.True(fake.IsUntouched);
    }

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
    public void PassThru_returns_the_event_as_sent()
    {
        shell.StartBus();
        using var wire = RawBusClient.Listen(shell.Directory);
        var given = shell.Run("Send-SaltEvent my/tag ([ordered]@{ b = 1; a = 'x' }) -PassThru").Single;
        var sent = wire.Next();
        Assert.Equal(sent.Tag, (string)given.Tag);
        Assert.Equal(sent.GetTimestamp(), (DateTime)given.Timestamp);
        Assert.Equal(DateTimeKind.Utc, ((DateTime)given.Timestamp).Kind);
        Assert.Equal(sent.Body.ToArray(), (byte[])given.WireBody);
    }

    [Fact]
    public void Without_PassThru_there_is_no_output()
    {
        shell.StartBus();
        Assert.Empty(shell.Run("1..3 | Send-SaltEvent t").Good().Output);
    }

    [Theory]
    [InlineData("Send-SaltEvent t x -SockDir $dir")]
    [InlineData("1..3 | Send-SaltEvent t -SockDir $dir")]
    public void A_missing_bus_ends_the_command_before_anything_is_sent(string script)
    {
        var error = shell.Fails(script);
        Assert.StartsWith("BusNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.ObjectNotFound, error.CategoryInfo.Category);
        Assert.Contains(shell.Directory, error.ToString(), StringComparison.Ordinal);
        Assert.Contains("-SockDir", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("Start-SaltEventBus", error.ToString(), StringComparison.Ordinal);
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

    [Fact]
    public void A_session_sends_over_its_own_connection_that_stays_open()
    {
        var bus = shell.StartBus();
        shell.Run("$s = New-SaltEventSession; Send-SaltEvent t 1 -Session $s; Send-SaltEvent t 2 -Session $s").Good();
        Assert.Equal(2, shell.Run("Get-SaltEvent -Session $s -Count 2").Good().Output.Count);
        Assert.Equal(1, (int)bus.Senders);
    }

    [Fact]
    public void The_port_to_fire_is_needed()
    {
        var error = shell.Fails("Send-SaltEvent t x -PubPort 4999");
        Assert.StartsWith("ParametersDisagree,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("-PullPort", error.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => shell.Dispose();
}
