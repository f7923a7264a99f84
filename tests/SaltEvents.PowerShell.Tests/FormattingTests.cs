using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>What a user sees: the tables, and what must not be in them.</summary>
public sealed partial class FormattingTests : IDisposable
{
    private const int Width = 80;
    private readonly ScreenHost screen = new(Width);
    private readonly Shell shell;
    private readonly RawBusClient wire;

    public FormattingTests()
    {
        shell = new Shell(host: screen);
        shell.StartBus();
        wire = RawBusClient.To(shell.Directory);
        shell.Run("$s = New-SaltEventSession").Good();
    }

    [Fact]
    public void Recorded_events_are_a_table_of_80_columns_with_a_line_each()
    {
        var frames = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "vectors", "salt-3006-session.jsonl"))
            .Select(l => JsonDocument.Parse(l).RootElement)
            .ToArray();
        using var raw = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.Unix,
            System.Net.Sockets.SocketType.Stream,
            System.Net.Sockets.ProtocolType.Unspecified
        );
        raw.Connect(new System.Net.Sockets.UnixDomainSocketEndPoint(shell.Directory + "/master_event_pull.ipc"));
        Array.ForEach(frames, f => raw.Send(f.GetProperty("frame").GetBytesFromBase64()));
        var lines = Show($"Get-SaltEvent -Session $s -Count {frames.Length}");
        Assert.Matches(@"^Time\s+Tag\s+Content$", lines[0]);
        Assert.All(lines, l => Assert.InRange(l.Length, 1, Width));
        Assert.Equal(frames.Length, lines.Length - 2);
        foreach (var (line, frame) in lines.Skip(2).Zip(frames))
        {
            var tag = frame.GetProperty("tag").GetString()!;
            Assert.StartsWith(tag.Length <= 40 ? tag : tag[..9] + "..." + tag[^28..], line[13..].Trim(), StringComparison.Ordinal);
        }

        Assert.Contains(lines, l => l.Contains("test.ping ok", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("state.apply FAILED", StringComparison.Ordinal));
    }

    [Fact]
    public void The_last_column_is_not_lost()
    {
        wire.Send("my/tag", ("answer", 42));
        Assert.Contains("answer=42", Show("Get-SaltEvent -Session $s")[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_from_the_bus_can_control_the_terminal()
    {
        const string evil = "\u001b[2J\u009b1m\r\n\a\u202eevil\u2028";
        wire.Send("my/" + evil, ("text" + evil, evil), ("list", new object?[] { evil }), ("bytes", new byte[] { 27 }));
        wire.Send("salt/job/1/ret/" + evil, ("fun", evil), ("return", evil), ("success", true));
        wire.Send("x", ("cmd", "_minion_event"), ("id", evil), ("data", evil));
        wire.Send("salt/auth", ("act", evil), ("id", evil));
        shell.Run("Get-SaltEvent -Session $s -Count 4 | Out-Default").Good();
        // As they reach the host: the engine itself colours the header, and nothing else.
        var rows = screen.Lines.Where(l => l.Length > 0).Skip(2).ToArray();
        Assert.Equal(4, rows.Length);
        Assert.All(rows, r => Assert.DoesNotMatch(@"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]", r));
    }

    /// <summary>What the views show of an event; the views themselves are tested in tests/Pester, where there is a Format-List.</summary>
    public static TheoryData<string> Views =>
        [
            "Out-Default",
            "ForEach-Object { \"$_\" }",
            "ForEach-Object { [SaltEvents.SaltEventView]::GetContent($_) }",
            "ForEach-Object { [SaltEvents.SaltEventView]::GetText($_) }",
            "ForEach-Object { [SaltEvents.SaltEventView]::GetTag($_) }",
            "ForEach-Object { [SaltEvents.SaltEventView]::GetData($_) }",
            "ForEach-Object { foreach ($name in $_.psobject.Properties.Name) { [SaltEvents.SaltEventView]::GetProperty($_, $name) } }",
        ];

    [Theory]
    [MemberData(nameof(Views))]
    public void No_view_lets_the_bus_control_the_terminal_and_data_stays_as_it_is(string view)
    {
        const string evil = "\u001b[2J\u009b1m\r\a\u007f\u202e\U000e0041evil\u2028";
        wire.Send(
            "salt/job/1/ret/" + evil,
            ("fun", "state.apply"),
            ("return", Map("a_|-" + evil + "_|-b_|-c", Map("result", false))),
            (evil, evil),
            ("list", new object?[] { evil })
        );
        wire.Send("my/" + evil, ("text", evil), ("comment", new object?[] { Map(evil, evil) }));
        wire.Send("syndic/" + evil + "/salt/auth", ("act", evil), ("id", evil), ("__peer_id", evil));
        wire.SendBytes("x" + evil, [0xC1, 0x1B]);
        shell.Run("$e = @(Get-SaltEvent -Session $s -Count 4 -WarningAction SilentlyContinue)").Good();
        var shown = Shown($"$e | {view}");
        Assert.DoesNotMatch(@"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}-[\n]]|\uDB40", Colour().Replace(shown, string.Empty).ReplaceLineEndings("\n"));
        Assert.Contains("evil", shown, StringComparison.Ordinal);
        Assert.Equal(evil, shell.Run("$e[1].Data.text").Value);
        Assert.Equal(evil, shell.Run("$e[1].Raw['text']").Value);
        Assert.Equal(
            evil,
            shell
                .Run("[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($e[1])).Data.text")
                .Value
        );
    }

    [Fact]
    public void A_view_as_a_list_knows_every_property_of_every_family()
    {
        var labels = System
            .Xml.Linq.XDocument.Load(Path.Combine(Path.GetDirectoryName(Repository.Manifest)!, "SaltEvents.Format.ps1xml"))
            .Descendants("View")
            .First(v => v.Element("Name")!.Value == "SaltEvents.SaltEvent.List")
            .Descendants("Label")
            .Select(l => l.Value)
            .ToArray();
        foreach (var tag in TagFamilyTests.Tags.Select(row => (string)row[0]))
        {
            wire.SendBytes(tag, 0x80);
            shell["e"] = shell.Run("Get-SaltEvent -Session $s").Single;
            var properties = shell
                .Run("$e.psobject.Properties.Name")
                .Output.Select(o => (string)o.BaseObject)
                .Except(["Family", "JobId", "MinionId", "Function", "Succeeded"]);
            Assert.Empty(properties.Except(labels));
        }
    }

    [Theory]
    [MemberData(nameof(Views))]
    public void No_view_shows_a_secret(string view)
    {
        foreach (
            var name in new[]
            {
                "password",
                "PassWord",
                "token",
                "aes",
                "X-Auth-Token",
                "x-auth-token",
                "Cookie",
                "Set-Cookie",
                "Authorization",
                "Proxy-Authorization",
                "client_secret",
                "api-key",
                "X-Auth-Token ",
                " authorization\t",
                "X-Auth-Token:",
                "authToken",
            }
        )
        {
            wire.Send("salt/netapi/hook/deploy", ("headers", Map(name, "hunter2")), ("post", Map("a", 1)), ("body", ""), (name, "hunter2"));
            wire.Send("my/tag", ("list", new object?[] { Map(name, "hunter2") }));
            wire.Send("salt/auth/creds", ("anything", "hunter2"));
            wire.Send("syndic/s1/salt/job/1/publish", ("anything", "hunter2"));
            Assert.DoesNotContain("hunter2", Shown($"Get-SaltEvent -Session $s -Count 4 | {view}"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Views))]
    public void No_view_shows_a_secret_of_headers_in_a_list(string view)
    {
        object?[][] lists =
        [
            [new object?[] { "Accept", "*/*" }, new object?[] { "X-Auth-Token ", "hunter2" }],
            [new object?[] { "X-Auth-Token", new object?[] { "hunter2" } }],
            [new Core.Events.PayloadMap { { "value", "hunter2" }, { "Name", "x-auth-token\t" } }],
            ["Accept: */*", "X-Auth-Token: hunter2"],
        ];
        foreach (var headers in lists)
        {
            wire.Send("salt/netapi/hook/deploy", ("headers", headers), ("post", Map("a", 1)), ("body", ""));
            wire.Send("my/tag", ("text", new string('x', 100)), ("deep", Map("headers", headers)));
            var shown = Shown($"Get-SaltEvent -Session $s -Count 2 | {view}");
            Assert.DoesNotContain("hunter2", shown, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void No_message_lets_the_bus_control_the_terminal()
    {
        const string evil = "my/\u001b[31m\u001b]0;title\a\u009bx";
        wire.SendBytes(evil, 0xC1);
        var warning = Assert.Single(shell.Run("Get-SaltEvent -Session $s").Good().Warnings);
        shell["evil"] = evil;
        var results = new[]
        {
            shell.Run(
                "Send-SaltEvent $evil @{ a = 'x' * 1100000 } -Verbose; Send-SaltEvent t @{ $evil = [threading.thread]::CurrentThread } -Verbose"
            ),
            shell.Run("Send-SaltEvent \"$evil`n`n\" @{}"),
            shell.Run("Get-SaltEvent -Tag '[', $evil -MatchType Regex -SockDir \"$dir/$evil\" -Wait 0.01 -Verbose"),
        };
        var texts = results.SelectMany(r =>
            r.Warnings.Concat(r.Verbose)
                .Concat(
                    r.Errors.Concat(r.Failure is System.Management.Automation.IContainsErrorRecord f ? [f.ErrorRecord] : [])
                        .SelectMany(e => new[] { e.ToString(), e.Exception.Message, e.CategoryInfo.ToString() })
                )
        );
        Assert.All(texts.Append(warning), t => Assert.DoesNotMatch(@"[\p{Cc}\p{Cf}]", t));
        Assert.Contains(texts, t => t.Contains("my/ [31m", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_cmdlet_writes_its_messages_through_the_same_mechanism()
    {
        var cmdlets = shell
            .Run("Get-Command -Module SaltEvents -CommandType Cmdlet")
            .Good()
            .Output.Select(c => ((System.Management.Automation.CmdletInfo)c.BaseObject).ImplementingType)
            .ToArray();
        Assert.NotEmpty(cmdlets);
        Assert.All(cmdlets, c => Assert.Contains(Ancestors(c), a => a.Name == "ModuleCommand"));

        static System.Collections.Generic.IEnumerable<Type> Ancestors(Type? type)
        {
            for (; type is not null; type = type.BaseType)
            {
                yield return type;
            }
        }
    }

    [Theory]
    [InlineData("salt/job/1/publish")]
    [InlineData("salt/auth/creds")]
    [InlineData("my/tag")]
    [InlineData("salt/cloud/vm/created")]
    public void Secrets_are_not_shown(string tag)
    {
        foreach (var name in new[] { "password", "PassWord", "token", "aes", "key", "secret", "private_key", "session", "sig" })
        {
            wire.Send(
                tag,
                ("a", 1),
                (name, "hunter2"),
                ("inner", Map("deep", Map(name, "hunter2"))),
                ("list", new object?[] { Map(name, "hunter2") })
            );
            var summary = (string)shell.Run("[SaltEvents.SaltEventView]::GetContent((Get-SaltEvent -Session $s))").Value!;
            Assert.DoesNotContain("hunter2", summary, StringComparison.Ordinal);
            Assert.Contains("(secret)", summary, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(new byte[] { 0xC0 }, "null")]
    [InlineData(new byte[] { 0x80 }, "")]
    [InlineData(new byte[] { 0x90 }, "[]")]
    [InlineData(new byte[] { 0xC4, 2, 1, 2 }, "(2 bytes)")]
    [InlineData(new byte[] { 0xC1, 1 }, "(2 bytes)")]
    [InlineData(new byte[] { 0xC3 }, "true")]
    [InlineData(new byte[] { 0x81, 0xA1, 97, 0x82, 0xA1, 98, 1, 0xA1, 99, 0x92, 2, 3 }, "a={b=1,c=[2,3]}")]
    public void A_payload_is_one_line(byte[] payload, string expected)
    {
        wire.SendBytes("t", payload);
        Assert.Equal(
            expected,
            shell.Run("[SaltEvents.SaltEventView]::GetContent((Get-SaltEvent -Session $s -WarningAction SilentlyContinue))").Value
        );
    }

    [Fact]
    public void A_long_payload_is_cut()
    {
        wire.Send("t", ("x", new string('x', 100_000)), ("l", Enumerable.Range(0, 10_000).Select(i => (object?)i).ToArray()));
        Assert.Equal(200, ((string)shell.Run("[SaltEvents.SaltEventView]::GetContent((Get-SaltEvent -Session $s))").Value!).Length);
    }

    [Theory]
    [InlineData("$bus", @"^\s*Id\s+Node\s+State\s+Subscribers\s+In\s+Out\s+Dropped\s+Address$", "Running")]
    [InlineData("$s", @"^\s*Id\s+State\s+Queued\s+Matched\s+Dropped\s+Tag\s+Address$", "Open")]
    public void Buses_and_sessions_are_tables(string script, string header, string state)
    {
        var lines = Show(script);
        Assert.Equal(3, lines.Length);
        Assert.Matches(header, lines[0]);
        Assert.Contains(state, lines[2], StringComparison.Ordinal);
        Assert.All(lines, l => Assert.InRange(l.Length, 1, Width));
    }

    [Fact]
    public void In_pwsh_they_look_the_same()
    {
        var child = ChildProcess
            .RunPwsh("$b = Start-SaltEventBus; Send-SaltEvent my/tag @{ answer = 42 } -PassThru | Format-Table | Out-String -Width 80")
            .Good();
        Assert.Matches(@"^Time\s+Tag\s+Content$", child.Lines[0]);
        Assert.Matches(new Regex(@"^\d\d:\d\d:\d\d\.\d{3} my/tag\s+answer=42$"), child.Lines[2]);
    }

    public void Dispose()
    {
        wire.Dispose();
        shell.Dispose();
    }

    private static Core.Events.PayloadMap Map(string key, object? value) => new() { { key, value } };

    private string Shown(string script)
    {
        var output = shell.Run(script).Good().Output;
        return string.Join('\n', output.Select(o => o.ToString()).Concat(screen.Lines));
    }

    private string[] Show(string script)
    {
        var before = screen.Lines.Length - 1;
        shell.Run($"{script} | Out-Default").Good();
        return screen.Lines.Skip(before).Where(l => l.Trim().Length > 0).Select(l => Colour().Replace(l, string.Empty).TrimEnd()).ToArray();
    }

    [GeneratedRegex("\e\\[[0-9;]*m")]
    private static partial Regex Colour();
}
