using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>Events that leave the runspace as text and come back.</summary>
public sealed class SerializationTests : SerializationTestBase
{
    [Fact]
    public void An_event_comes_back_alive_with_the_same_bytes()
    {
        byte[] payload =
        [
            0x84, 0xA2, (byte)'i', (byte)'d', 1, 0xA2, (byte)'I', (byte)'D', 2, 0xC0, 0xA1, 0xFF, 0xA1, (byte)'d', 0xD7, 78, 1, 2, 3, 4, 5,
            6, 7, 8,
        ];
        Wire.SendBytes("salt/auth", payload);
        Shell
            .Run(
                "$e = Get-SaltEvent -Session $s; $back = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($e))"
            )
            .Good();
        var (e, back) = (PSObject.AsPSObject(Shell["e"]!), PSObject.AsPSObject(Shell["back"]!));
        Assert.Same(e.BaseObject.GetType(), back.BaseObject.GetType());
        Assert.Equal((byte[])e.Properties["WireBody"].Value, (byte[])back.Properties["WireBody"].Value);
        Assert.Equal([.. "salt/auth\n\n"u8, .. payload], (byte[])back.Properties["WireBody"].Value);
        Assert.Equal("SaltEvents.SaltEvent#Auth", back.TypeNames[0]);
        Assert.Equal("2", Shell.Run("\"$($back.Raw['ID'])\"").Value);
    }

    [Fact]
    public void An_object_that_a_script_has_put_in_many_places_is_serialized_in_a_moment()
    {
        var run = Shell.Run(
            """
            $many = 'leaf'; foreach ($i in 1..60) { $many = @{ a = $many; b = $many } }
            $e = New-SaltEvent my/tag @{ n = 1 }
            $e.Data.n = $many
            [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($e)).Tag
            """
        );
        Assert.Equal("my/tag", run.Value);
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
        Shell["file"] = file;
        Shell
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

    [Fact]
    public void Every_recorded_event_is_sent_as_it_was_though_no_converter_has_read_it()
    {
        var frames = RawBusClient.SendRecorded(Shell.Directory, "salt-3006-master");
        dynamic session = PSObject.AsPSObject(Shell["s"]!);
        Until.True(
            () => (int)session.Queued == frames.Length,
            "all have been relayed, so that a later listener gets only what is sent again"
        );
        using var far = RawBusClient.Listen(Shell.Directory);
        var events = $"Get-SaltEvent -Session $s -Count {frames.Length}";
        Shell["back"] = ((System.Collections.IEnumerable)Dead(events).BaseObject).Cast<object>().ToList();
        Shell.Run("$back | Send-SaltEvent -KeepTimestamp").Good();
        foreach (var frame in frames.Select(f => f.GetProperty("frame").GetBytesFromBase64()))
        {
            var body = far.Next().Body.ToArray();
            Assert.Equal(frame[^body.Length..], body);
        }
    }

    [Fact]
    public void A_change_in_Raw_is_serialized_too()
    {
        Wire.Send("t", ("a", 1));
        Assert.Equal(
            "5",
            Shell
                .Run(
                    "$e = Get-SaltEvent -Session $s; $e.Raw['a'] = 5; $back = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($e)); \"$($back.a)\""
                )
                .Value
        );
    }

    [Fact]
    public void An_event_above_Salts_limit_is_serialized_whole()
    {
        Wire.SendBytes("t", [0x81, 0xA1, (byte)'x', 0xDB, 0, 0x20, 0, 0, .. new byte[0x200000].Select(_ => (byte)'y')]);
        Assert.Equal(
            0x200000,
            Shell
                .Run(
                    "$e = Get-SaltEvent -Session $s; $e.Raw['more'] = 1; $back = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($e)); $back.x.Length"
                )
                .Value
        );
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("@({0})")]
    [InlineData("[pscustomobject]@{{ list = @(, {0}) }}")]
    public void An_event_nested_deeper_than_can_be_read_spoils_nothing(string around)
    {
        Shell["deep"] = Nested(500);
        Shell
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
            Shell.Run(back).Good();
        }

        Assert.Equal(
            "first my/deep salt/job/1/ret/web01 last",
            Shell
                .Run(
                    "\"$(foreach ($e in [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($all, 2))) { $e.Tag })\""
                )
                .Value
        );
        Shell
            .Run(
                "$same = 0..3 | ForEach-Object { $back = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($all[$_])); [Linq.Enumerable]::SequenceEqual([byte[]]$back.WireBody, [byte[]]$all[$_].WireBody) }"
            )
            .Good();
        Assert.Equal("True True True True", Shell.Run("\"$same\"").Value);
    }

    [Fact]
    public void A_constant_with_a_value_that_is_nested_deep_spoils_nothing()
    {
        var constant = new byte[] { 0x92, 0xA1, (byte)'N' }.Concat(Enumerable.Repeat((byte)0x91, 60)).Append((byte)1).ToArray();
        byte[] extension = [0xC7, (byte)constant.Length, 79, .. constant];
        Wire.SendBytes("my/tag", [0x81, 0xA1, (byte)'c', .. extension]);
        Wire.SendBytes("salt/job/1/ret/web01", [0x81, 0xA6, .. "return"u8, .. extension]);
        Assert.Equal(
            "True True",
            Shell
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
        Shell["deep"] = Nested(100);
        Shell.Run("Send-SaltEvent my/tag @{ n = 1 }; $e = Get-SaltEvent -Session $s; $e.Data.n = $deep").Good();
        Assert.Equal(
            "my/tag",
            Shell.Run("[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($e)).Tag").Value
        );
    }

    [Fact]
    public void Every_property_of_every_family_is_serialized()
    {
        var named = System.Xml.Linq.XDocument.Load(Path.Combine(Repository.Binaries, "SaltEvents.Types.ps1xml"))
            .Descendants("Type").Single(type => type.Element("Name")!.Value == "SaltEvents.SaltEvent").Descendants("PropertySet")
            .Single(set => set.Element("Name")!.Value == "PropertySerializationSet").Element("ReferencedProperties")!
            .Elements().Select(e => e.Value.Replace("Serialized.", string.Empty, StringComparison.Ordinal)).ToHashSet();
        var assembly = PSObject.AsPSObject(Shell.Run("Send-SaltEvent t @{} -PassThru").Output.Single()).BaseObject.GetType().Assembly;
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

    [NeedsTheory(What = "a Unix system")]
    [InlineData("full.jsonl")]
    [InlineData("full.jsonl.gz")]
    public void A_file_that_is_full_has_every_event_before_and_can_be_continued(string name)
    {
        using var directory = new TempDirectory();
        // A limit on the size of files, without the signal that would end the process, is like a full disk.
        var child = ChildProcess
            .RunPwsh(
                $$"""
                Add-Type 'using System; using System.Runtime.InteropServices; public static class Files {
                    [DllImport("libc")] static extern int setrlimit(int what, long[] limits);
                    [DllImport("libc")] static extern IntPtr signal(int number, IntPtr what);
                    public static void Limit(long bytes) { signal(25, (IntPtr)1); setrlimit(1, new[] { bytes, long.MaxValue }); } }'
                $path = '{{directory[name]}}'
                $random = [Random]::new(1)
                $events = 1..200 | ForEach-Object { $data = [byte[]]::new(900); $random.NextBytes($data); New-SaltEvent -Tag "n/$_" -Data @{ data = $data } }
                [Files]::Limit(100000)
                try { $null = $events | Export-SaltEvent $path -PassThru -OutVariable all } catch { $_.FullyQualifiedErrorId }
                [Files]::Limit([long]::MaxValue)
                $read = @(Import-SaltEvent $path -WarningVariable warned)
                "$($read.Count -eq $all.Count) $($read.Count -gt 50)$warned"
                New-SaltEvent -Tag after -Data @{ } | Export-SaltEvent $path -Append
                $read = @(Import-SaltEvent $path)
                "$($read.Count - $all.Count) $($read[-1].Tag)"
                """
            )
            .Good();
        Assert.Equal(["FileNotWritable,SaltEvents.Cmdlets.ExportSaltEventCommand", "True True", "1 after"], child.Lines);
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
}
