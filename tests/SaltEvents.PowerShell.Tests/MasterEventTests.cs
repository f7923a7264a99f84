using System;
using System.Linq;
using SaltEvents.Core.Events;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>Events for the master, through a minion's bus.</summary>
public sealed class MasterEventTests : IDisposable
{
    private readonly Shell shell = new();

    public MasterEventTests() => shell.Run("$master = Start-SaltEventBus -SockDir \"$dir/master\"").Good();

    [Fact]
    public void A_date_that_Salt_cannot_write_goes_as_text_through_the_minion()
    {
        shell.Run("$minion = Start-SaltEventBus -MinionId web01 -SockDir \"$dir/minion\"; $s = New-SaltEventSession -Bus $minion").Good();
        shell
            .Run(
                "$dates = [datetime]::MinValue, [datetime]'1601-01-01Z', [datetime]::SpecifyKind('1899-12-31', 'Utc'), [datetime]::SpecifyKind('1900-01-02', 'Utc')"
            )
            .Good();
        shell
            .Run(
                "$dates | ForEach-Object { Send-SaltMasterEvent my/date @{ v = $_; deep = @(, @{ v = $_ }) } }; Send-SaltEvent my/own @{ v = $dates[2] }"
            )
            .Good();
        Assert.Equal(
            ["String", "String", "String", "DateTime", "DateTime"],
            shell
                .Run(
                    "Get-SaltEvent -Session $s -Count 5 | ForEach-Object { $v = if ($_.Tag -eq 'my/own') { $_.Data.v } else { $_.Data.data.v }; $v.GetType().Name }"
                )
                .Good()
                .Output.Select(o => (string)o.BaseObject)
        );
    }

    [Fact]
    public void A_piped_event_goes_to_the_master_with_its_tag_and_without_its_old_stamp()
    {
        shell
            .Run(
                "$s = New-SaltEventSession -Bus $master; $d = [Collections.Specialized.OrderedDictionary]::new([StringComparer]::Ordinal); $d.id = 'x'; $d.ID = 2; $e = Send-SaltEvent my/tag $d -PassThru -Bus $master; $null = Get-SaltEvent -Session $s"
            )
            .Good();
        shell.Run("$minion = Start-SaltEventBus -MinionId web01 -SockDir \"$dir/minion\" -Master $master").Good();
        using var wire = RawBusClient.Listen(shell.Directory + "/master");
        shell.Run("$e | Send-SaltMasterEvent; $e | Send-SaltMasterEvent -KeepTimestamp; $e | Send-SaltMasterEvent other/tag").Good();
        var (first, second, third) = (wire.Next(), wire.Next(), wire.Next());
        Assert.Equal(["my/tag", "my/tag", "other/tag"], new[] { first.Tag, second.Tag, third.Tag });
        Assert.Equal(["id", "ID"], Data(first).Select(e => e.Key));
        Assert.Equal(["id", "ID", "_stamp"], Data(second).Select(e => e.Key));
    }

    [Fact]
    public void A_deserialized_event_goes_to_the_master_as_the_event_that_it_was()
    {
        shell
            .Run(
                "$e = Send-SaltEvent my/tag ([ordered]@{ n = 1 }) -PassThru -Bus $master; $minion = Start-SaltEventBus -MinionId web01 -SockDir \"$dir/minion\" -Master $master"
            )
            .Good();
        using var wire = RawBusClient.Listen(shell.Directory + "/master");
        shell.Run("""
            $body = $e.WireBody
            $dead = [pscustomobject]@{ Tag = $e.Tag; Timestamp = $e.Timestamp; Data = [pscustomobject]@{ n = 1 }; WireBody = $body }
            $dead.psobject.TypeNames.Insert(0, 'Deserialized.SaltEvents.SaltEvent')
            $dead | Send-SaltMasterEvent
            """).Good();
        var sent = wire.Next();
        Assert.Equal("my/tag", sent.Tag);
        Assert.Equal(["n"], Data(sent).Select(e => e.Key));
    }

    [Fact]
    public void While_the_master_is_away_they_wait_in_order()
    {
        var minion = shell
            .Run(
                "$minion = Start-SaltEventBus -MinionId web01 -SockDir \"$dir/minion\" -Master \"$dir/late\"; 1..5 | ForEach-Object { \"number $_;\" } | Send-SaltMasterEvent my/tag; $minion"
            )
            .Single;
        Until.True(() => (int)minion.ForwardQueued == 5, "they wait");
        using (var late = new FakeBus(System.IO.Directory.CreateDirectory(shell.Directory + "/late").FullName))
        using (var sender = late.AcceptSender())
        {
            var (buffer, text) = (new byte[4096], string.Empty);
            while (!text.Contains("number 5;", StringComparison.Ordinal))
            {
                text += System.Text.Encoding.Latin1.GetString(buffer, 0, sender.Receive(buffer));
            }

            var places = Enumerable.Range(1, 5).Select(n => text.IndexOf($"number {n};", StringComparison.Ordinal)).ToArray();
            Assert.Equal(places.Order(), places);
            Assert.Equal(5, text.Split("number ").Length - 1);
            Until.True(() => (long)minion.Forwarded == 5 && (int)minion.ForwardQueued == 0, "they are counted");
        }

        Assert.Equal(0L, (long)minion.ForwardDropped);
    }

    [Fact]
    public void A_minion_without_a_master_keeps_them()
    {
        var minion = shell.Run("$n = Start-SaltEventBus -Node Minion; $n").Single;
        shell.Run("Send-SaltMasterEvent my/tag x").Good();
        Assert.Equal((1L, 0L), ((long)minion.EventsIn, (long)minion.Forwarded));
        Assert.Equal(Environment.MachineName.ToLowerInvariant(), (string)minion.MinionId);
    }

    public void Dispose() => shell.Dispose();

    private static PayloadMap Data(Core.Events.SaltEvent sent) => (PayloadMap)sent.Fields.TryGet("data")!;
}
