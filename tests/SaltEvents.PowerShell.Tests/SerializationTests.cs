using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>Events that leave the runspace as text and come back.</summary>
public sealed class SerializationTests : IDisposable
{
    private readonly Shell shell = new();
    private readonly RawBusClient wire;

    public SerializationTests()
    {
        shell.StartBus();
        wire = RawBusClient.To(shell.Directory);
        shell.Run("$s = New-SaltEventSession").Good();
    }

    [Fact]
    public void An_event_comes_back_alive_with_the_same_bytes()
    {
        byte[] payload =
        [
            0x84, 0xA2, (byte)'i', (byte)'d', 1, 0xA2, (byte)'I', (byte)'D', 2, 0xC0, 0xA1, 0xFF, 0xA1, (byte)'d', 0xD7, 78, 1, 2, 3, 4, 5,
            6, 7, 8,
        ];
        wire.SendBytes("salt/auth", payload);
        shell
            .Run(
                "$e = Get-SaltEvent -Session $s; $back = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($e))"
            )
            .Good();
        var (e, back) = (PSObject.AsPSObject(shell["e"]!), PSObject.AsPSObject(shell["back"]!));
        Assert.Same(e.BaseObject.GetType(), back.BaseObject.GetType());
        Assert.Equal((byte[])e.Properties["WireBody"].Value, (byte[])back.Properties["WireBody"].Value);
        Assert.Equal([.. "salt/auth\n\n"u8, .. payload], (byte[])back.Properties["WireBody"].Value);
        Assert.Equal("SaltEvents.SaltEvent#Auth", back.TypeNames[0]);
        Assert.Equal("2", shell.Run("\"$($back.Raw['ID'])\"").Value);
    }

    [Fact]
    public void The_site_stays_with_an_event()
    {
        using var directory = new TempDirectory();
        var file = directory["sites.jsonl"];
        File.WriteAllText(file, """
            {"tag": "my/tag", "site": "hq", "data": {"a": 1}}
            {"tag": "my/tag", "data": {"Site": "field"}}
            """);
        shell["file"] = file;
        shell
            .Run(
                """
                $back = Import-SaltEvent $file | ForEach-Object { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($_)) }
                $back[0].Data.a = 2
                $back | Export-SaltEvent "$file.2"
                """
            )
            .Good();
        Assert.Equal(
            ["""{"tag":"my/tag","site":"hq","data":{"a":2}}""", """{"tag":"my/tag","data":{"Site":"field"}}"""],
            File.ReadAllLines(file + ".2")
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_recorded_event_comes_back_and_is_sent_as_it_was(bool converts)
    {
        var frames = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "vectors", "salt-3006-master.jsonl"))
            .Select(l => System.Text.Json.JsonDocument.Parse(l).RootElement.GetProperty("frame").GetBytesFromBase64())
            .ToArray();
        using var raw = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.Unix,
            System.Net.Sockets.SocketType.Stream,
            System.Net.Sockets.ProtocolType.Unspecified
        );
        raw.Connect(new System.Net.Sockets.UnixDomainSocketEndPoint(shell.Directory + "/master_event_pull.ipc"));
        Array.ForEach(frames, f => raw.Send(f));
        dynamic session = PSObject.AsPSObject(shell["s"]!);
        Until.True(
            () => (int)session.Queued == frames.Length,
            "all have been relayed, so that a later listener gets only what is sent again"
        );
        using var far = RawBusClient.Listen(shell.Directory);
        var events = $"Get-SaltEvent -Session $s -Count {frames.Length}";
        shell["back"] = converts
            ? shell
                .Run(
                    $"{events} | ForEach-Object {{ [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($_)) }}"
                )
                .Output
            : ((System.Collections.IEnumerable)Dead(events).BaseObject).Cast<object>().ToList();
        shell.Run("$back | Send-SaltEvent -KeepTimestamp").Good();
        foreach (var frame in frames)
        {
            var body = far.Next().Body.ToArray();
            Assert.Equal(frame[^body.Length..], body);
        }
    }

    [Fact]
    public void A_change_in_Raw_is_serialized_too()
    {
        wire.Send("t", ("a", 1));
        Assert.Equal(
            "5",
            shell
                .Run(
                    "$e = Get-SaltEvent -Session $s; $e.Raw['a'] = 5; $back = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($e)); \"$($back.a)\""
                )
                .Value
        );
    }

    [Fact]
    public void An_event_above_Salts_limit_is_serialized_whole()
    {
        wire.SendBytes("t", [0x81, 0xA1, (byte)'x', 0xDB, 0, 0x20, 0, 0, .. new byte[0x200000].Select(_ => (byte)'y')]);
        Assert.Equal(
            0x200000,
            shell
                .Run(
                    "$e = Get-SaltEvent -Session $s; $e.Raw['more'] = 1; $back = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($e)); $back.x.Length"
                )
                .Value
        );
    }

    [Fact]
    public void A_dead_one_is_sent_with_its_own_tag_and_payload()
    {
        using var far = RawBusClient.Listen(shell.Directory);
        shell.Run("""
            $e = Send-SaltEvent my/tag ([ordered]@{ n = 1 }) -PassThru
            $dead = [pscustomobject]@{ Tag = $e.Tag; Timestamp = $e.Timestamp; Data = [pscustomobject]@{ n = 1 }; WireBody = $e.WireBody }
            $dead.psobject.TypeNames.Insert(0, 'Deserialized.SaltEvents.SaltEvent')
            $dead | Send-SaltEvent -KeepTimestamp
            $dead | Send-SaltEvent other/tag
            """).Good();
        var first = far.Next();
        Assert.Equal(first.Body.ToArray(), far.Next().Body.ToArray());
        Assert.Equal("other/tag", far.Next().Tag);
    }

    [Fact]
    public void An_object_that_only_claims_to_be_one_is_a_payload()
    {
        using var far = RawBusClient.Listen(shell.Directory);
        shell.Run("""
            foreach ($body in $null, 'text', [byte[]](1, 2, 3)) {
                $dead = [pscustomobject]@{ Tag = 'x'; WireBody = $body }
                $dead.psobject.TypeNames.Insert(0, 'Deserialized.SaltEvents.SaltEvent')
                $dead | Send-SaltEvent my/tag
            }
            """).Good();
        Assert.All(far.All(), e => Assert.Equal(("my/tag", "x"), (e.Tag, (string)e.Fields.TryGet("Tag")!)));
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("@({0})")]
    [InlineData("[pscustomobject]@{{ list = @(, {0}) }}")]
    public void An_event_nested_deeper_than_can_be_read_spoils_nothing(string around)
    {
        shell["deep"] = Nested(500);
        shell
            .Run(
                """
                Send-SaltEvent first @{ n = 1 }
                Send-SaltEvent my/deep $deep
                Send-SaltEvent salt/job/1/ret/web01 ([ordered]@{ fun = 'state.apply'; return = @{ 'a_|-b_|-c_|-d' = [ordered]@{ result = $false; comment = 'no'; changes = $deep } } })
                Send-SaltEvent last @{ n = 2 }
                $all = Get-SaltEvent -Session $s -Count 4
                """
            )
            .Good();
        var text = $"$all | ForEach-Object {{ {string.Format(System.Globalization.CultureInfo.InvariantCulture, around, "$_")} }}";
        foreach (var depth in new[] { 1, 2, 20, 100 })
        {
            var back =
                $"$back = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize(@({text}), {depth}))";
            shell.Run(back).Good();
        }

        Assert.Equal(
            "first my/deep salt/job/1/ret/web01 last",
            shell
                .Run(
                    "\"$(foreach ($e in [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($all, 2))) { $e.Tag })\""
                )
                .Value
        );
        shell
            .Run(
                "$same = 0..3 | ForEach-Object { $back = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($all[$_])); [Linq.Enumerable]::SequenceEqual([byte[]]$back.WireBody, [byte[]]$all[$_].WireBody) }"
            )
            .Good();
        Assert.Equal("True True True True", shell.Run("\"$same\"").Value);
    }

    [Fact]
    public void A_constant_with_a_value_that_is_nested_deep_spoils_nothing()
    {
        var constant = new byte[] { 0x92, 0xA1, (byte)'N' }.Concat(Enumerable.Repeat((byte)0x91, 60)).Append((byte)1).ToArray();
        byte[] extension = [0xC7, (byte)constant.Length, 79, .. constant];
        wire.SendBytes("my/tag", [0x81, 0xA1, (byte)'c', .. extension]);
        wire.SendBytes("salt/job/1/ret/web01", [0x81, 0xA6, .. "return"u8, .. extension]);
        Assert.Equal(
            "True True",
            shell
                .Run(
                    """
                    $same = foreach ($e in Get-SaltEvent -Session $s -Count 2 -Wait 30) {
                        $back = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($e))
                        [Convert]::ToBase64String($e.WireBody) -eq [Convert]::ToBase64String(([SaltEvents.SaltEvent]$back).WireBody)
                    }
                    "$same"
                    """
                )
                .Value
        );
    }

    [Fact]
    public void An_edit_that_is_nested_deep_spoils_nothing()
    {
        shell["deep"] = Nested(100);
        shell.Run("Send-SaltEvent my/tag @{ n = 1 }; $e = Get-SaltEvent -Session $s; $e.Data.n = $deep").Good();
        Assert.Equal(
            "my/tag",
            shell.Run("[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($e)).Tag").Value
        );
    }

    [Fact]
    public void What_is_serialized_is_whole_where_no_converter_runs()
    {
        var dead = Dead("""
            Send-SaltEvent salt/job/1/ret/web01 ([ordered]@{ fun = 'state.apply'; retcode = 2; id = 'web01'; return = @{ 'a_|-b_|-c_|-d' = @{ result = $false; comment = 'no' } } }) -PassThru
            """);
        Assert.Equal(["Deserialized.SaltEvents.SaltEvent#JobReturn", "Deserialized.SaltEvents.SaltEvent"], dead.TypeNames.Take(2));
        Assert.Equal(
            [
                "Tag",
                "Timestamp",
                "Family",
                "JobId",
                "MinionId",
                "Function",
                "Succeeded",
                "FailedStates",
                "Return",
                "ReturnCode",
                "Data",
                "WireBody",
            ],
            dead.Properties.Select(p => p.Name)
        );
        shell["dead"] = dead;
        Assert.Equal(
            "1 web01 state.apply False 2 b no no no state.apply",
            shell
                .Run(
                    "\"$($dead.JobId) $($dead.MinionId) $($dead.Function) $($dead.Succeeded) $($dead.ReturnCode) $($dead.FailedStates) $($dead.FailedStates[0].Comment) $($dead.Return.'a_|-b_|-c_|-d'.comment) $($dead.Data.return.'a_|-b_|-c_|-d'.comment) $($dead.Data.fun)\""
                )
                .Value
        );
        Assert.Equal(DateTimeKind.Utc, ((DateTime)dead.Properties["Timestamp"].Value).Kind);

        using var far = RawBusClient.Listen(shell.Directory);
        shell.Run("$dead | Send-SaltEvent -KeepTimestamp").Good();
        Assert.Equal((byte[])dead.Properties["WireBody"].Value, far.Next().Body.ToArray());
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("$dead.Data.n = 5", "n=5")]
    [InlineData("$dead.Data.n = 1", null)]
    [InlineData("$dead.Data.map.inner.x = 'new'", "x=new")]
    [InlineData("$dead.Data.list[1].y = 7", "y=7")]
    [InlineData("$dead.Data.bytes = [byte[]](9, 9)", "bytes=9 9")]
    [InlineData("$dead.Data.PSObject.Properties.Add([psnoteproperty]::new('extra', 1))", "extra=1")]
    [InlineData("$dead.Data.PSObject.Properties.Remove('n')", "n=")]
    public void What_is_edited_where_no_converter_runs_is_sent(string edit, string? expected)
    {
        shell["dead"] = Dead("""
            Send-SaltEvent my/tag ([ordered]@{ n = 1; big = [uint64]::MaxValue; f = [double]::NaN; s = "a`e"; d = [datetime]'2026-11-27T10:00:00Z'; none = $null; flag = $true; bytes = [byte[]](1, 2)
                list = @(1, @{ y = 2 }, @()); map = @{ inner = @{ x = 'old' } } }) -PassThru
            """);
        using var far = RawBusClient.Listen(shell.Directory);
        shell.Run($"{edit}; $dead | Send-SaltEvent -KeepTimestamp").Good();
        var sent = far.Next();
        if (expected is null)
        {
            Assert.Equal((byte[])((PSObject)shell["dead"]!).Properties["WireBody"].Value, sent.Body.ToArray());
            return;
        }

        var part = expected.Split('=');
        shell["sent"] = sent.Body.ToArray();
        shell.Run("$again = @(Get-SaltEvent -Session $s -Count 2)[1]").Good();
        var place = part[0] switch { "x" => "map.inner.x", "y" => "list[1].y", var name => name };
        Assert.Equal(part[1], shell.Run($"\"$($again.Data.{place})\"").Value);
        Assert.Equal(
            "old 2 27"
                .Replace("old", part[0] == "x" ? "new" : "old", StringComparison.Ordinal)
                .Replace(" 2 ", part[0] == "y" ? " 7 " : " 2 ", StringComparison.Ordinal),
            shell.Run("\"$($again.Data.map.inner.x) $($again.Data.list[1].y) $($again.Data.d.Day)\"").Value
        );
    }

    [Fact]
    public void Every_property_of_every_family_is_serialized()
    {
        var named = System.Xml.Linq.XDocument.Load(Path.Combine(Repository.Root, "SaltEvents.Types.ps1xml"))
            .Descendants("Type").Single(type => type.Element("Name")!.Value == "SaltEvents.SaltEvent").Descendants("PropertySet")
            .Single(set => set.Element("Name")!.Value == "PropertySerializationSet").Element("ReferencedProperties")!
            .Elements().Select(e => e.Value.Replace("Serialized.", string.Empty, StringComparison.Ordinal)).ToHashSet();
        var assembly = PSObject.AsPSObject(shell.Run("Send-SaltEvent t @{} -PassThru").Output.Single()).BaseObject.GetType().Assembly;
        var families = (Array)
            assembly
                .GetType("SaltEvents.Objects.TagFamilies", true)!
                .GetField("All", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
                .GetValue(null)!;
        foreach (var family in families)
        {
            foreach (var property in (System.Collections.IEnumerable)family.GetType().GetProperty("Visible")!.GetValue(family)!)
            {
                Assert.Contains((string)property.GetType().GetProperty("Name")!.GetValue(property)!, named);
            }
        }
    }

    [Fact]
    public void The_table_shows_one_that_no_converter_has_made_an_event()
    {
        var dead = Dead("Send-SaltEvent my/tag @{ answer = 42 } -PassThru");
        shell["dead"] = dead;
        foreach (var (column, expected) in new[] { ("Tag", "my/tag"), ("Content", "answer=42") })
        {
            Assert.Equal(expected, shell.Run($"$dead.'SaltEvents.{column}'").Value);
        }

        Assert.Matches(@"^\d\d:\d\d:\d\d\.\d{3}$", (string)shell.Run("$dead.'SaltEvents.Time'").Value!);
        Assert.DoesNotContain(dead.Properties, p => p.Name.Contains('.', StringComparison.Ordinal));
    }

    [Fact]
    public void A_job_and_a_file_give_back_events_that_can_be_replayed()
    {
        var child = ChildProcess
            .RunPwsh(
                """
                $b = Start-SaltEventBus; $s = New-SaltEventSession
                $file = [IO.Path]::GetTempFileName()
                1..3 | ForEach-Object { Send-SaltEvent "my/$_" ([ordered]@{ id = $_ }) -PassThru } | Export-Clixml $file
                $null = Get-SaltEvent -Session $s -Count 3
                Import-Clixml $file | Send-SaltEvent -KeepTimestamp
                Get-SaltEvent -Session $s -Count 3 | ForEach-Object { "$($_.Tag) $($_.id)" }
                Remove-Item $file
                $job = Start-Job { param($path, $dir) Import-Module $path; Send-SaltEvent salt/job/1/ret/web01 @{ from = 'job'; retcode = 1 } -SockDir $dir -PassThru } -ArgumentList (Get-Module SaltEvents).Path, $b.SockDir
                $e = $job | Receive-Job -Wait -AutoRemoveJob
                "$($e.GetType()) $($e.Tag) $($e.from)"
                $e.PSTypeNames[0]
                $e | Select-Object MinionId, ReturnCode, from | ConvertTo-Json -Compress
                ($e | Format-Table | Out-String).Trim() -match 'salt/job/1/ret/web01 +FAILED'
                """
            )
            .Good();
        Assert.Equal(
            [
                "my/1 1",
                "my/2 2",
                "my/3 3",
                "SaltEvents.SaltEvent salt/job/1/ret/web01 job",
                "SaltEvents.SaltEvent#JobReturn",
                "{\"MinionId\":\"web01\",\"ReturnCode\":1,\"from\":\"job\"}",
                "True",
            ],
            child.Lines
        );
    }

    public void Dispose()
    {
        wire.Dispose();
        shell.Dispose();
    }

    private static object Nested(int levels)
    {
        object value = 1;
        for (var i = 0; i < levels; i++)
        {
            value = new System.Collections.Hashtable { ["k"] = value };
        }

        return value;
    }

    // What a runspace that does not know the module makes of an event.
    private PSObject Dead(string script)
    {
        var text = (string)shell.Run($"[Management.Automation.PSSerializer]::Serialize(({script}))").Value!;
        using var other = new Shell(import: false);
        try
        {
            other["text"] = text;
            return other.Run(", [Management.Automation.PSSerializer]::Deserialize($text)").Output.Single();
        }
        finally
        {
            System.Management.Automation.Runspaces.Runspace.DefaultRunspace = shell.Runspace;
        }
    }
}
