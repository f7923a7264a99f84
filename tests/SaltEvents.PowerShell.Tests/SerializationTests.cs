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
    private readonly Wire wire;

    public SerializationTests()
    {
        shell.StartBus();
        wire = Wire.To(shell.Directory);
        shell.Run("$s = New-SaltEventSession").Good();
    }

    [Fact]
    public void An_event_comes_back_alive_with_the_same_bytes()
    {
        byte[] payload = [0x84, 0xA2, (byte)'i', (byte)'d', 1, 0xA2, (byte)'I', (byte)'D', 2, 0xC0, 0xA1, 0xFF, 0xA1, (byte)'d', 0xD7, 78, 1, 2, 3, 4, 5, 6, 7, 8];
        wire.SendBytes("salt/auth", payload);
        shell.Run("$e = Get-SaltEvent -Session $s; $back = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($e))").Good();
        var (e, back) = (PSObject.AsPSObject(shell["e"]!), PSObject.AsPSObject(shell["back"]!));
        Assert.Same(e.BaseObject.GetType(), back.BaseObject.GetType());
        Assert.Equal((byte[])e.Properties["WireBody"].Value, (byte[])back.Properties["WireBody"].Value);
        Assert.Equal([.. "salt/auth\n\n"u8, .. payload], (byte[])back.Properties["WireBody"].Value);
        Assert.Equal("SaltEvents.SaltEvent#Auth", back.TypeNames[0]);
        Assert.Equal("2", shell.Run("\"$($back.Raw['ID'])\"").Value);
    }

    [Fact]
    public void Every_recorded_event_comes_back_and_is_sent_as_it_was()
    {
        var frames = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "vectors", "salt-3006-master.jsonl"))
            .Select(l => System.Text.Json.JsonDocument.Parse(l).RootElement.GetProperty("frame").GetBytesFromBase64()).ToArray();
        using var raw = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        raw.Connect(new System.Net.Sockets.UnixDomainSocketEndPoint(shell.Directory + "/master_event_pull.ipc"));
        Array.ForEach(frames, f => raw.Send(f));
        dynamic session = PSObject.AsPSObject(shell["s"]!);
        Until.True(() => (int)session.Queued == frames.Length, "all have been relayed: who listens after that gets what is sent again alone");
        using var far = Wire.Listen(shell.Directory);
        shell.Run($$"""
            Get-SaltEvent -Session $s -Count {{frames.Length}} |
                ForEach-Object { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($_)) } |
                Send-SaltEvent -KeepTimestamp
            """).Good();
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
        Assert.Equal("5", shell.Run("$e = Get-SaltEvent -Session $s; $e.Raw['a'] = 5; $back = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($e)); \"$($back.a)\"").Value);
    }

    [Fact]
    public void An_event_above_Salts_limit_is_serialized_whole()
    {
        wire.SendBytes("t", [0x81, 0xA1, (byte)'x', 0xDB, 0, 0x20, 0, 0, .. new byte[0x200000].Select(_ => (byte)'y')]);
        Assert.Equal(0x200000, shell.Run("$e = Get-SaltEvent -Session $s; $e.Raw['more'] = 1; $back = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($e)); $back.x.Length").Value);
    }

    [Fact]
    public void A_dead_one_is_sent_with_its_own_tag_and_payload()
    {
        using var far = Wire.Listen(shell.Directory);
        shell.Run("""
            $e = Send-SaltEvent ([ordered]@{ n = 1 }) my/tag -PassThru
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
        using var far = Wire.Listen(shell.Directory);
        shell.Run("""
            foreach ($body in $null, 'text', [byte[]](1, 2, 3)) {
                $dead = [pscustomobject]@{ Tag = 'x'; WireBody = $body }
                $dead.psobject.TypeNames.Insert(0, 'Deserialized.SaltEvents.SaltEvent')
                $dead | Send-SaltEvent my/tag
            }
            """).Good();
        Assert.All(far.All(), e => Assert.Equal(("my/tag", "x"), (e.Tag, (string)e.Fields.TryGet("Tag")!)));
    }

    [Fact]
    public void A_job_and_a_file_give_back_events_that_can_be_replayed()
    {
        var child = ChildProcess.RunPwsh("""
            $b = Start-SaltEventBus; $s = New-SaltEventSession
            $file = [IO.Path]::GetTempFileName()
            1..3 | ForEach-Object { Send-SaltEvent ([ordered]@{ id = $_ }) "my/$_" -PassThru } | Export-Clixml $file
            $null = Get-SaltEvent -Session $s -Count 3
            Import-Clixml $file | Send-SaltEvent -KeepTimestamp
            Get-SaltEvent -Session $s -Count 3 | ForEach-Object { "$($_.Tag) $($_.id)" }
            Remove-Item $file
            $job = Start-Job { param($path, $dir) Import-Module $path; Send-SaltEvent @{ from = 'job' } job/tag -SockDir $dir -PassThru } -ArgumentList (Get-Module SaltEvents).Path, $b.SockDir
            $e = $job | Receive-Job -Wait -AutoRemoveJob
            "$($e.GetType()) $($e.Tag) $($e.from)"
            """).Good();
        Assert.Equal(["my/1 1", "my/2 2", "my/3 3", "SaltEvents.SaltEvent job/tag job"], child.Lines);
    }

    public void Dispose()
    {
        wire.Dispose();
        shell.Dispose();
    }
}
