using System;
using System.Management.Automation;
using SaltEvents.Core.Events;
using Xunit;
using static SaltEvents.Tests.PayloadExtensions;

namespace SaltEvents.Tests;

/// <summary>What a script changes in an event is what is sent, and nothing else of it changes.</summary>
public sealed class EventEditTests : IDisposable
{
    // A text that is not UTF-8, a number in a long form, float32, an extension, keys that differ in case, and a nested map with the same.
    private static readonly byte[] Odd =
    [
        0xA1, (byte)'t', 0xA2, 0xFF, 0xFE, 0xA1, (byte)'n', 0xD3, 0, 0, 0, 0, 0, 0, 0, 7, 0xA1, (byte)'f', 0xCA, 0x3F, 0x80, 0, 0, 0xA1,
        (byte)'e', 0xD4, 0x05, 0x01, 0xA1, (byte)'m', 0xDE, 0, 2, 0xA1, (byte)'k', 0xCD, 0, 1, 0xA1, (byte)'K', 2,
    ];

    private readonly Shell shell = new();
    private readonly RawBusClient wire;

    public EventEditTests()
    {
        shell.StartBus();
        wire = RawBusClient.Listen(shell.Directory);
        shell.Run("$s = New-SaltEventSession").Good();
        wire.Send(
            "t",
            ("a", 1),
            ("in", Map(("x", 1), ("y", Map(("z", 1))))),
            ("list", new object?[] { 1, Map(("q", 1)), new object?[] { 5 } }),
            ("bytes", new byte[] { 1, 2 }),
            ("scalars", new object?[] { 1, "two" })
        );
        _ = wire.Next();
        shell.Run("$e = Get-SaltEvent -Session $s").Good();
    }

    /// <summary>An edit, and what the event says of it after it was sent.</summary>
    public static TheoryData<string, string, string> Edits =>
        new()
        {
            { "$e.Data.a = 99", "$x.a", "99" },
            { "$e.Data.a = $null", "($null -eq $x.a)", "True" },
            { "$e.Data.in.y.z = 'deep'", "$x.in.y.z, $x.in.x", "deep 1" },
            { "$e.Data.in = @{ new = 1 }", "$x.in.new, $x.in.x", "1 " },
            { "$e.Data.list[0] = 7", "$x.list[0], $x.list[1].q", "7 1" },
            { "$e.Data.list[1].q = 8", "$x.list[0], $x.list[1].q", "1 8" },
            { "$e.Data.list[2][0] = 9", "$x.list[2][0], $x.list[0]", "9 1" },
            { "$e.Data.scalars[1] = 'three'", "$x.scalars -join ','", "1,three" },
            { "$e.Data.bytes[1] = 5", "$x.bytes -join ','", "1,5" },
            { "$e.Raw['a'] = 5; $e.Raw.Remove('bytes'); $e.Raw['c'] = @{ d = 1 }", "$x.a, $x.bytes, $x.c.d", "5  1" },
            { "$e.Raw['in']['y']['z'] = 4", "$x.in.y.z, $x.in.x", "4 1" },
            { "$e.Raw['list'][1]['q'] = 4", "$x.list[1].q", "4" },
            { "$e.Raw['list'][0] = 4", "$x.list[0], $x.list[1].q", "4 1" },
            { "$null = $e.Data.list; $e.Raw['list'][0] = 4", "$x.list[0], $e.Data.list[0], $e.Data.list[1].q", "4 4 1" },
            { "$null = $e.Raw['list']; $e.Data.list[0] = 4", "$x.list[0], $e.Raw['list'][0], $e.Data.list[0]", "4 4 4" },
            { "$null = $e.Data; $e.Raw['new'] = 1; $e.Data.a = 2", "$x.new, $x.a", "1 2" },
            { "$null = $e.Raw; $e.Data.a = 2; $e.Raw['in']['x'] = 3", "$x.a, $x.in.x, $e.Raw['a'], $e.Data.in.x", "2 3 2 3" },
            {
                "$e.Data.psobject.Properties.Remove('a'); $e.Data.in.psobject.Properties.Remove('x')",
                "($null -eq $x.Data.psobject.Properties['a']), $x.in.y.z, ($null -eq $x.in.psobject.Properties['x'])",
                "True 1 True"
            },
            { "$e.Data.psobject.Properties.Add([psnoteproperty]::new('more', 'yes'))", "$x.more, $x.a", "yes 1" },
            { "$e.Raw.Clear(); $e.Raw['only'] = 1", "@($x.Raw.Keys | Where-Object { $_ -ne '_stamp' }) -join ','", "only" },
            { "$e.Data.in.y = $e.Data.list", "$x.in.y[1].q", "1" },
            { "$e.Data._stamp = '2020-01-01T00:00:00'", "$x.Timestamp.Year, $e.Timestamp.Year", "2020 2020" },
        };

    [Theory]
    [MemberData(nameof(Edits))]
    public void An_edited_event_is_sent_as_it_is_shown(string edit, string look, string expected)
    {
        shell.Run(edit).Good();
        shell.Run("$e | Send-SaltEvent -KeepTimestamp; $x = Get-SaltEvent -Session $s").Good();
        Assert.Equal(expected, shell.Run($"\"$({look})\"").Value);

        // And is what is exported, and what a payload gets that contains the event.
        shell.Run("$x = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($e))").Good();
        Assert.Equal(expected, shell.Run($"\"$({look})\"").Value);
        shell
            .Run(
                "Send-SaltEvent other @{ event = $e }; $x = (Get-SaltEvent -Session $s).Data.event; $x = Send-SaltEvent my/tag $x -KeepTimestamp -PassThru"
            )
            .Good();
        Assert.Equal(expected, shell.Run($"\"$({look})\"").Value);
    }

    [Fact]
    public void Everything_but_the_edit_stays_byte_for_byte()
    {
        byte[] payload = [0x86, .. Odd, 0xA1, (byte)'a', 1];
        wire.SendBytes("odd", payload);
        _ = wire.Next();
        shell.Run("$e = Get-SaltEvent -Session $s; $null = $e.Data.t, $e.Data.m, $e.Data.f; $e.Data.a = 2").Good();

        Assert.Equal([.. "odd\n\n"u8, 0x86, .. Odd, 0xA1, (byte)'a', 2], (byte[])shell.Run(",$e.WireBody").Value!);
        shell.Run("$e.Data.m.k = 3").Good();
        // The edited map is written again, with the key that Data does not show.
        Assert.Equal(
            [.. "odd\n\n"u8, 0x86, .. Odd[..^11], 0x82, 0xA1, (byte)'k', 3, 0xA1, (byte)'K', 2, 0xA1, (byte)'a', 2],
            (byte[])shell.Run(",$e.WireBody").Value!
        );
    }

    [Fact]
    public void Looking_at_everything_is_not_an_edit()
    {
        byte[] payload = [0xDE, 0, 6, .. Odd, 0xA1, (byte)'l', 0x92, 0xC4, 1, 9, 0x81, 0xD1, 0, 1, 0xC0];
        wire.SendBytes("odd", payload);
        _ = wire.Next();
        shell.Run("""
            $e = Get-SaltEvent -Session $s
            function Walk($value) {
                if ($value -is [Collections.IDictionary]) { $value.GetEnumerator() | ForEach-Object { Walk $_.Value } }
                elseif ($value -is [array]) { foreach ($item in $value) { Walk $item } }
                elseif ($value -is [Management.Automation.PSCustomObject]) { foreach ($p in $value.psobject.Properties) { Walk $p.Value } }
            }
            Walk $e.Data; Walk $e.Raw
            $copy = $e.Data.psobject.Copy(); $copy.n = 'another'
            """).Good();
        Assert.Equal([.. "odd\n\n"u8, .. payload], (byte[])shell.Run(",$e.WireBody").Value!);
    }

    [Fact]
    public void An_unsupported_value_is_an_error_that_names_its_place()
    {
        var error = shell.Run("$e.Data.in.y.z = [IO.MemoryStream]::new(); $e | Send-SaltEvent").Error;
        Assert.StartsWith("UnsupportedValue,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("The payload's in.y.z is a System.IO.MemoryStream", error.ToString(), StringComparison.Ordinal);
        Assert.Contains(
            "contains itself",
            shell.Run("$e.Data.in.y.z = $e.Data; $e | Send-SaltEvent").Error.ToString(),
            StringComparison.Ordinal
        );
        Assert.Empty(wire.All());
    }

    [Fact]
    public void Data_is_a_custom_object_like_any_other()
    {
        Assert.Equal(true, shell.Run("$e.Data -is [psobject] -and $e.Data.in -is [Management.Automation.PSCustomObject]").Value);
        Assert.Equal("a in list bytes scalars _stamp", shell.Run("\"$($e.Data.psobject.Properties.Name)\"").Value);
        Assert.Equal("@{x=1; y=}", shell.Run("\"$($e.Data.in)\"").Value);
        Assert.Equal("long a=1", shell.Run("$e.Data.psobject.Properties['a'].ToString()").Value);
        Assert.Equal(PSMemberTypes.NoteProperty, shell.Run("$e.Data.psobject.Properties['a'].MemberType").Value);
        Assert.Equal("System.Int64", shell.Run("$e.Data.psobject.Properties['a'].TypeNameOfValue").Value);
        Assert.Equal("5 1", shell.Run("$copy = $e.Data.psobject.Copy(); $copy.a = 5; \"$($copy.a) $($e.Data.a)\"").Value);
    }

    public void Dispose()
    {
        wire.Dispose();
        shell.Dispose();
    }
}
