using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;
using SaltEvents.Core.Master;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Tests;
using Xunit;

namespace SaltEvents.Core.Tests.Master;

public sealed class PublishTests : IDisposable
{
    private readonly TemporaryDirectory cache = new();

    public static TheoryData<MasterTransport> Transports => [MasterTransport.ZeroMq, MasterTransport.Tcp, MasterTransport.WebSocket];

    public void Dispose() => cache.Dispose();

    [Fact]
    public void A_masters_key_for_an_account_lies_in_its_cachedir() =>
        Assert.Equal(
            "/c/.DOMAIN_bob_key",
            MasterPublisher.KeyPathOf(MasterChannelOptions.Default with { CacheDirectory = "/c", User = @"DOMAIN\bob" }).Replace('\\', '/')
        );

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task An_event_is_published_as_a_job_of_event_fire(MasterTransport transport)
    {
        await using var master = new FakeMaster(transport);
        using var publisher = Publisher(master);

        var job = await publisher.PublishAsync("web*", SaltTargetType.Glob, "my/tag", Data()).Soon();

        Assert.Equal("20261124120000000001", job.JobId);
        Assert.Equal(["web1", "web2"], job.Minions);
        Assert.Empty(job.Missing);
        var load = Assert.Single(master.Loads("publish"));
        Assert.Equal(
            ("web*", "glob", "event.fire", "", "", "root"),
            (load["tgt"], load["tgt_type"], load["fun"], load["ret"], load["jid"], load["user"])
        );
        var arguments = (object?[])load["arg"]!;
        Assert.Equal(1L, ((PayloadMap)arguments[0]!)["number"]);
        Assert.Equal("my/tag", arguments[1]);
    }

    [Theory]
    [InlineData(SaltTargetType.Glob, "glob")]
    [InlineData(SaltTargetType.Pcre, "pcre")]
    [InlineData(SaltTargetType.Grain, "grain")]
    [InlineData(SaltTargetType.GrainPcre, "grain_pcre")]
    [InlineData(SaltTargetType.Pillar, "pillar")]
    [InlineData(SaltTargetType.IpCidr, "ipcidr")]
    [InlineData(SaltTargetType.Compound, "compound")]
    public async Task Each_kind_of_target_has_Salts_name(SaltTargetType type, string name)
    {
        await using var master = new FakeMaster(MasterTransport.Tcp);
        using var publisher = Publisher(master);

        await publisher.PublishAsync("web1", type, "my/tag", Data()).Soon();

        Assert.Equal(name, master.Loads("publish").Single()["tgt_type"]);
    }

    [Fact]
    public async Task A_list_goes_out_as_a_list_and_names_those_that_are_missing()
    {
        await using var master = new FakeMaster(MasterTransport.ZeroMq);
        using var publisher = Publisher(master);

        var job = await publisher.PublishAsync("web1, db9", SaltTargetType.List, "my/tag", Data()).Soon();

        Assert.Equal(["web1"], job.Minions);
        Assert.Equal(["db9"], job.Missing);
    }

    [Theory]
    [InlineData("web", "( web1 or web2 )")]
    [InlineData("mixed", "( ( web1 or web2 ) and not G@os:Debian )")]
    public async Task A_node_group_goes_out_expanded(string name, string expected)
    {
        await using var master = new FakeMaster(MasterTransport.Tcp) { Minions = [expected] };
        using var publisher = Publisher(
            master,
            o =>
                o with
                {
                    Nodegroups = new Dictionary<string, IReadOnlyList<string>>
                    {
                        ["web"] = ["web1", "web2"],
                        ["mixed"] = ["N@web", "and", "not", "G@os:Debian"],
                    },
                }
        );

        await publisher.PublishAsync(name, SaltTargetType.Nodegroup, "my/tag", Data()).Soon();

        var load = master.Loads("publish").Single();
        Assert.Equal((expected, "compound"), (load["tgt"], load["tgt_type"]));
    }

    [Fact]
    public async Task A_node_group_in_itself_and_one_that_is_not_there_are_errors()
    {
        await using var master = new FakeMaster(MasterTransport.Tcp);
        using var publisher = Publisher(master, o => o with
        {
            Nodegroups = new Dictionary<string, IReadOnlyList<string>> { ["a"] = ["N@b"], ["b"] = ["N@a"] },
        });

        Assert.Contains("contains itself", (await FailAsync(publisher, "a", SaltTargetType.Nodegroup)).Message, StringComparison.Ordinal);
        Assert.Contains("no node group c", (await FailAsync(publisher, "c", SaltTargetType.Nodegroup)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tag_that_Salt_reads_as_a_keyword_goes_out_by_name()
    {
        await using var master = new FakeMaster(MasterTransport.Tcp);
        using var publisher = Publisher(master);

        await publisher.PublishAsync("web1", SaltTargetType.Glob, "name=value", Data()).Soon();

        var argument = (PayloadMap)Assert.Single((object?[])master.Loads("publish").Single()["arg"]!)!;
        Assert.Equal((true, "name=value"), (argument["__kwarg__"], argument["tag"]));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Every_refusal_has_its_own_reason_and_no_message_holds_the_key(MasterTransport transport)
    {
        await using var master = new FakeMaster(transport);
        using var publisher = Publisher(master);
        master.UserKey = "another";
        await RefusedAsync(MasterRequestReason.AuthenticationFailed);
        master.UserKey = "the-key-of-root";
        master.Minions = [];
        await RefusedAsync(MasterRequestReason.NoMinionMatches);
        master.ChangeAnswer = _ => new PayloadMap { { "error", new PayloadMap { { "name", "AuthorizationError" }, { "message", "no" } } } };
        await RefusedAsync(MasterRequestReason.NotAuthorized);
        master.ChangeAnswer = _ => new PayloadMap { { "error", "out\u001bof order" } };
        Assert.Contains("out of order", (await RefusedAsync(MasterRequestReason.Refused)).Message, StringComparison.Ordinal);
        master.ChangeAnswer = _ => "bad load";
        await RefusedAsync(MasterRequestReason.UnexpectedAnswer);
        master.ChangeAnswer = _ => new PayloadMap { { "msg", "bad load" } }; // Salt 3005 and later
        Assert.Contains(
            "answered \"bad load\"",
            (await RefusedAsync(MasterRequestReason.UnexpectedAnswer)).Message,
            StringComparison.Ordinal
        );
        master.ChangeAnswer = _ => new PayloadMap { { "load", 5 } };
        await RefusedAsync(MasterRequestReason.UnexpectedAnswer);
        master.ChangeAnswer = _ => "you said {'key': 'the-key-of-root'}";
        await RefusedAsync(MasterRequestReason.UnexpectedAnswer);
        master.ChangeAnswer = _ => new PayloadMap { { "error", new string('x', 190) + "the-key-of-root" } };
        Assert.DoesNotContain("the-key", (await RefusedAsync(MasterRequestReason.Refused)).Message, StringComparison.Ordinal);

        async Task<MasterRequestException> RefusedAsync(MasterRequestReason reason)
        {
            var error = await FailAsync(publisher, "web*", SaltTargetType.Glob);
            Assert.Equal(reason, error.Reason);
            Assert.DoesNotContain("the-key-of-root", error.ToString(), StringComparison.Ordinal);
            return error;
        }
    }

    [Fact]
    public async Task A_missing_key_file_is_named()
    {
        await using var master = new FakeMaster(MasterTransport.Tcp);
        using var publisher = Publisher(master, o => o with { User = "salt" });

        var error = await FailAsync(publisher, "web*", SaltTargetType.Glob);

        Assert.Equal(MasterRequestReason.KeyFileNotFound, error.Reason);
        Assert.Contains(cache.In(".salt_key"), error.Message, StringComparison.Ordinal);
        Assert.Empty(master.Questions);
    }

    [Fact]
    public async Task The_request_names_the_account_that_asks()
    {
        await using var master = new FakeMaster(MasterTransport.Tcp);
        using var publisher = Publisher(master, o => o with { Requester = "sudo_alice" });

        await publisher.PublishAsync("web*", SaltTargetType.Glob, "my/tag", Data()).Soon();

        Assert.Equal("sudo_alice", master.Loads("publish").Single()["user"]);
        master.ChangeAnswer = _ => new PayloadMap { { "error", new PayloadMap { { "name", "AuthorizationError" }, { "message", "no" } } } };
        Assert.Contains("sudo_alice", (await FailAsync(publisher, "web*", SaltTargetType.Glob)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("root:$6$salt$hash:20000:0:99999:7:::")]
    [InlineData("two\nlines")]
    [InlineData("")]
    public async Task A_file_that_is_not_a_key_is_not_sent(string content)
    {
        await using var master = new FakeMaster(MasterTransport.Tcp);
        using var publisher = Publisher(master);
        File.WriteAllText(cache.In(".root_key"), content);

        Assert.Equal(MasterRequestReason.InvalidKey, (await FailAsync(publisher, "web*", SaltTargetType.Glob)).Reason);
        Assert.Empty(master.Questions);
    }

    [NeedsFact(What = "Linux")]
    public async Task A_key_file_without_an_end_is_an_error()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "/dev/zero is Linux's.");
        await using var master = new FakeMaster(MasterTransport.Tcp);
        using var publisher = Publisher(master);
        File.Delete(cache.In(".root_key"));
        File.CreateSymbolicLink(cache.In(".root_key"), "/dev/zero");

        Assert.Equal(MasterRequestReason.KeyFileNotReadable, (await FailAsync(publisher, "web*", SaltTargetType.Glob)).Reason);
        Assert.Empty(master.Questions);
    }

    [NeedsFact(What = "Linux and root")]
    public async Task A_key_file_that_may_not_be_read_is_named_with_its_owner()
    {
        Skip.IfNot(OperatingSystem.IsLinux() && Environment.UserName == "root", "Only root can take another account's rights.");
        await using var master = new FakeMaster(MasterTransport.Tcp);
        using var publisher = Publisher(master);
        UnixFiles.MakePrivate(cache.In(".root_key"));
        var error = await Task.Run(() =>
        {
            _ = ProcessState.SetFileAccount(65534);
            try
            {
                return Assert.Throws<MasterRequestException>(publisher.CheckKey);
            }
            finally
            {
                _ = ProcessState.SetFileAccount(0);
            }
        });

        Assert.Equal(MasterRequestReason.KeyFileNotReadable, error.Reason);
        Assert.Contains("root", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_that_Salt_could_not_carry_is_not_sent()
    {
        await using var master = new FakeMaster(MasterTransport.Tcp);
        using var publisher = Publisher(master);

        await Assert.ThrowsAsync<InvalidEventException>(() => publisher.PublishAsync("web1", SaltTargetType.Glob, string.Empty, Data()));
        Assert.Empty(master.Questions);
    }

    internal static PayloadMap Data() => new() { { "number", 1 } };

    private static Task<MasterRequestException> FailAsync(MasterPublisher publisher, string target, SaltTargetType type) =>
        Assert.ThrowsAsync<MasterRequestException>(() => publisher.PublishAsync(target, type, "my/tag", Data())).Soon();

    private MasterPublisher Publisher(FakeMaster master, Func<MasterChannelOptions, MasterChannelOptions>? change = null)
    {
        File.WriteAllText(cache.In(".root_key"), "the-key-of-root");
        var options = new MasterChannelOptions
        {
            Address = master.Address,
            Transport = master.Transport,
            CacheDirectory = cache.Path,
            Timeout = Eventually.Limit,
        };
        return new MasterPublisher(change is null ? options : change(options));
    }
}
