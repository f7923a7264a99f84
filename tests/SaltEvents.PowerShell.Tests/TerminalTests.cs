using System;
using System.Linq;
using Xunit;
using static SaltEvents.Tests.PayloadExtensions;

namespace SaltEvents.Tests;

/// <summary>Text from the bus cannot control the terminal, in any view or message.</summary>
public sealed class TerminalTests : FormattingTestBase
{
    [Fact]
    public void Nothing_from_the_bus_can_control_the_terminal()
    {
        const string evil = "\u001b[2J\u009b1m\r\n\a\u202eevil\u2028";
        Wire.Send("my/" + evil, ("text" + evil, evil), ("list", new object?[] { evil }), ("bytes", new byte[] { 27 }));
        Wire.Send("salt/job/1/ret/" + evil, ("fun", evil), ("return", evil), ("success", true));
        Wire.Send("x", ("cmd", "_minion_event"), ("id", evil), ("data", evil));
        Wire.Send("salt/auth", ("act", evil), ("id", evil));
        Shell.Run("Get-SaltEvent -Session $s -Count 4 | Out-Default").Good();
        // As they reach the host: the engine itself colours the header, and nothing else.
        var rows = Screen.Lines.Where(l => l.Length > 0).Skip(2).ToArray();
        Assert.Equal(4, rows.Length);
        Assert.All(rows, r => Assert.DoesNotMatch(@"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]", r));
    }

    [Theory]
    [MemberData(nameof(Views))]
    public void No_view_lets_the_bus_control_the_terminal_and_data_stays_as_it_is(string view)
    {
        const string evil = "\u001b[2J\u009b1m\r\a\u007f\u202e\U000e0041evil\u2028";
        Wire.Send(
            "salt/job/1/ret/" + evil,
            ("fun", "state.apply"),
            ("return", Map(("a_|-" + evil + "_|-b_|-c", Map(("result", false))))),
            (evil, evil),
            ("list", new object?[] { evil })
        );
        Wire.Send("my/" + evil, ("text", evil), ("comment", new object?[] { Map((evil, evil)) }));
        Wire.Send("syndic/" + evil + "/salt/auth", ("act", evil), ("id", evil), ("__peer_id", evil));
        Wire.SendBytes("x" + evil, [0xC1, 0x1B]);
        Shell.Run("$e = @(Get-SaltEvent -Session $s -Count 4 -WarningAction SilentlyContinue)").Good();
        var shown = Shown($"$e | {view}");
        Assert.DoesNotMatch(@"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}-[\n]]|\uDB40", Colour().Replace(shown, string.Empty).ReplaceLineEndings("\n"));
        Assert.Contains("evil", shown, StringComparison.Ordinal);
        Assert.Equal(evil, Shell.Run("$e[1].Data.text").Value);
        Assert.Equal(evil, Shell.Run("$e[1].Raw['text']").Value);
        Assert.Equal(
            evil,
            Shell
                .Run("[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($e[1])).Data.text")
                .Value
        );
    }

    [Fact]
    public void No_message_lets_the_bus_control_the_terminal()
    {
        const string evil = "my/\u001b[31m\u001b]0;title\a\u009bx";
        Wire.SendBytes(evil, 0xC1);
        var warning = Assert.Single(Shell.Run("Get-SaltEvent -Session $s").Good().Warnings);
        Shell["evil"] = evil;
        var results = new[]
        {
            Shell.Run(
                "Send-SaltEvent $evil @{ a = 'x' * 1100000 } -Verbose; Send-SaltEvent t @{ $evil = [threading.thread]::CurrentThread } -Verbose"
            ),
            Shell.Run("Send-SaltEvent \"$evil`n`n\" @{}"),
            Shell.Run("Get-SaltEvent -Tag '[', $evil -MatchType Regex -SockDir \"$dir/$evil\" -Wait 0.01 -Verbose"),
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
        var cmdlets = Shell
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
}
