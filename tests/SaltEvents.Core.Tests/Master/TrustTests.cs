using System;
using System.Linq;
using System.Threading.Tasks;
using SaltEvents.Core.Events;
using SaltEvents.Core.Master;
using Xunit;

namespace SaltEvents.Core.Tests.Master;

/// <summary>Answers that a man in the middle has changed, made up or kept.</summary>
public sealed class TrustTests : IDisposable
{
    private readonly MinionHome home = new();

    public void Dispose() => home.Dispose();

    [Theory]
    [InlineData("load")]
    [InlineData("sig")]
    public async Task A_sign_in_answer_with_one_changed_bit_is_tampered_with(string field)
    {
        home.Remember(TestKeys.Master);
        await using var master = new FakeMaster(MasterTransport.Tcp);
        master.ChangeAnswer = answer => Flip((PayloadMap)answer!, field);

        Assert.Equal(MasterRequestReason.AnswerTampered, await ReasonAsync(master));
    }

    // As masters up to 3001.8 answered if they have not accepted the minion's key; seen with 0.16.4 and 0.17.5.
    [Theory]
    [InlineData(true, "not accepted")]
    [InlineData(false, "rejected")]
    public async Task A_refusal_without_a_signature_is_reported_as_what_it_is_and_says_what_it_claims(bool result, string claim)
    {
        await using var master = new FakeMaster(MasterTransport.Tcp);
        master.ChangeAnswer = _ => new PayloadMap { { "enc", "clear" }, { "load", new PayloadMap { { "ret", result } } } };
        using var channel = MinionChannel.Open(home.Options(master));

        var error = (await DirectTests.FireAsync(channel))[0].Cause!;

        Assert.Equal(MasterRequestReason.AnswerNotSigned, error.Reason);
        Assert.Contains(claim, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sign_in_answer_without_a_signature_is_tampered_with()
    {
        await using var master = new FakeMaster(MasterTransport.Tcp);
        master.ChangeAnswer = answer => new PayloadMap { { "enc", "pub" }, { "load", ((PayloadMap)answer!)["load"] } };

        Assert.Equal(MasterRequestReason.AnswerTampered, await ReasonAsync(master));
    }

    // As masters of 2016.3.8 to 3001.8 answered.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_of_a_master_that_does_not_sign_has_its_own_reason_and_nothing_is_believed(bool remembered)
    {
        if (remembered)
        {
            home.Remember(TestKeys.Master);
        }

        await using var master = new FakeMaster(MasterTransport.Tcp);
        master.ChangeAnswer = answer => answer is PayloadMap { } map && map["load"] is byte[] load ? PayloadDecoder.Decode(load) : answer;
        using var channel = MinionChannel.Open(home.Options(master));

        var error = (await DirectTests.FireAsync(channel))[0].Cause!;

        Assert.Equal(MasterRequestReason.AnswerNotSigned, error.Reason);
        foreach (var word in new[] { "3002.8", "3003.4", "3004.1", "without -Direct", "somebody who intercepts" })
        {
            Assert.Contains(word, error.Message, StringComparison.Ordinal);
        }

        Assert.Empty(master.Events);
        Assert.Equal(remembered, System.IO.File.Exists(home.MasterKeyPath));
    }

    [Fact]
    public async Task A_key_that_the_master_has_not_signed_is_tampered_with()
    {
        await using var master = new FakeMaster(MasterTransport.Tcp);
        master.ChangeSignIn = content => ((byte[])content["sig"]!)[5] ^= 1;

        Assert.Equal(MasterRequestReason.AnswerTampered, await ReasonAsync(master));
        Assert.False(System.IO.File.Exists(home.MasterKeyPath));
    }

    [Theory]
    [InlineData("\r")]
    [InlineData(" ")]
    [InlineData("")]
    public async Task A_key_that_hides_in_the_first_line_of_another_does_not_pass_under_the_fingerprint_of_that_one(string lineEnd)
    {
        var trusted = FakeMaster.Pem(TestKeys.Master);
        await using var master = new FakeMaster(MasterTransport.Tcp) { Key = TestKeys.OtherMaster };
        master.ChangeSignIn = content =>
            content.Set(
                "pub_key",
                FakeMaster.Pem(TestKeys.OtherMaster).Replace("\n", lineEnd, StringComparison.Ordinal)
                    + trusted[trusted.IndexOf('\n', StringComparison.Ordinal)..]
            );

        Assert.Equal(
            MasterRequestReason.AnswerTampered,
            await ReasonAsync(master, o => o with { MasterFingerprint = MasterKeyStore.Fingerprint(trusted, "sha256") })
        );
        Assert.False(System.IO.File.Exists(home.MasterKeyPath));
        Assert.Empty(master.Events);
    }

    [Theory]
    [InlineData("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n")]
    public async Task A_text_that_is_not_a_key_is_not_a_masters_key(string pem)
    {
        await using var master = new FakeMaster(MasterTransport.Tcp);
        master.ChangeSignIn = content => content.Set("pub_key", pem);

        Assert.Equal(MasterRequestReason.AnswerTampered, await ReasonAsync(master));
    }

    [Fact]
    public async Task A_key_for_an_algorithm_that_is_unknown_is_not_a_masters_key()
    {
        const int AlgorithmAt = 15;
        await using var master = new FakeMaster(MasterTransport.Tcp);
        var key = TestKeys.Master.ExportSubjectPublicKeyInfo();
        key[AlgorithmAt] = 0x25;
        master.ChangeSignIn = content =>
            content.Set("pub_key", new string(System.Security.Cryptography.PemEncoding.Write("PUBLIC KEY", key)));

        Assert.Equal(MasterRequestReason.AnswerTampered, await ReasonAsync(master));
    }

    [Fact]
    public async Task A_token_that_comes_back_changed_is_tampered_with()
    {
        home.Remember(TestKeys.Master);
        await using var master = new FakeMaster(MasterTransport.Tcp);
        master.ChangeSignIn = content => content.Set("token", content["aes"]);

        Assert.Equal(MasterRequestReason.AnswerTampered, await ReasonAsync(master));
    }

    [Fact]
    public async Task The_answer_to_an_earlier_sign_in_is_replayed()
    {
        await using var master = new FakeMaster(MasterTransport.Tcp);
        object? kept = null;
        master.ChangeAnswer = answer => answer is PayloadMap ? kept ??= answer : answer;

        Assert.Null(await ReasonAsync(master));
        Assert.Equal(MasterRequestReason.AnswerReplayed, await ReasonAsync(master));
    }

    [Fact]
    public async Task A_sealed_answer_with_one_changed_bit_is_tampered_with_and_one_to_another_message_replayed()
    {
        await using var master = new FakeMaster(MasterTransport.Tcp);
        byte[]? kept = null;
        using var channel = MinionChannel.Open(home.Options(master));
        master.ChangeAnswer = answer => answer is byte[] message ? kept = message : answer;
        Assert.True((await DirectTests.FireAsync(channel))[0].Delivered);

        master.ChangeAnswer = answer => answer is byte[] message ? Flip(message) : answer;
        Assert.Equal(MasterRequestReason.AnswerTampered, (await DirectTests.FireAsync(channel))[0].Cause?.Reason);
        master.ChangeAnswer = answer => answer is byte[] ? kept : answer;
        Assert.Equal(MasterRequestReason.AnswerReplayed, (await DirectTests.FireAsync(channel))[0].Cause?.Reason);
        master.ChangeAnswer = answer => answer is byte[]? new byte[7] : answer;
        Assert.Equal(MasterRequestReason.AnswerTampered, (await DirectTests.FireAsync(channel))[0].Cause?.Reason);
    }

    [Theory]
    [InlineData(17)] // no whole block
    [InlineData(32)] // a block that does not end as the last one does
    public async Task Encrypted_bytes_that_are_no_answer_are_an_error_of_that_master_only(int length)
    {
        await using var master = new FakeMaster(MasterTransport.Tcp);
        await using var second = new FakeMaster(MasterTransport.Tcp);
        master.ChangeAnswer = answer => answer is byte[] ? master.Session.Sign(new byte[length]) : answer;
        using var channel = MinionChannel.Open(home.Options(master, second));

        Assert.Equal([MasterRequestReason.AnswerTampered, null], (await DirectTests.FireAsync(channel)).Select(d => d.Cause?.Reason));
    }

    [Fact]
    public async Task An_event_that_the_master_does_not_fire_is_an_error()
    {
        await using var master = new FakeMaster(MasterTransport.Tcp) { EventAnswer = new PayloadMap() };

        Assert.Equal(MasterRequestReason.Refused, await ReasonAsync(master));
    }

    [Fact]
    public async Task A_master_that_has_new_keys_is_signed_in_to_again()
    {
        await using var master = new FakeMaster(MasterTransport.ZeroMq);
        using var channel = MinionChannel.Open(home.Options(master));
        Assert.True((await DirectTests.FireAsync(channel))[0].Delivered);
        master.Session = new Seal();

        Assert.True((await DirectTests.FireAsync(channel))[0].Delivered);
        Assert.Equal(2, master.Events.Count());
    }

    [Fact]
    public async Task That_a_message_could_not_be_read_is_not_sealed_and_proves_nothing()
    {
        home.Remember(TestKeys.Master);
        await using var master = new FakeMaster(MasterTransport.Tcp);
        using var channel = MinionChannel.Open(home.Options(master));
        Assert.Null((await DirectTests.FireAsync(channel))[0].Cause);
        master.ChangeAnswer = answer => answer is byte[] ? "bad load" : answer; // the event was fired all the same

        var error = (await DirectTests.FireAsync(channel))[0].Cause!;

        Assert.Equal(MasterRequestReason.ProtocolRefused, error.Reason);
        Assert.Contains("which cannot be verified", error.Message, StringComparison.Ordinal);
        Assert.Equal((2, 3), (master.Loads("_auth").Count(), master.Events.Count())); // after another sign-in once more, as Salt does it
    }

    [Fact]
    public async Task No_error_holds_a_secret()
    {
        home.Remember(TestKeys.Master);
        await using var master = new FakeMaster(MasterTransport.Tcp);
        foreach (
            var change in new Func<object?, object?>[]
            {
                _ => "bad load",
                _ => null,
                _ => new byte[3],
                a => Flip((PayloadMap)a!, "sig"),
                _ => new PayloadMap { { "load", 1 } },
            }
        )
        {
            master.ChangeAnswer = change;
            using var channel = MinionChannel.Open(home.Options(master));
            var text = (await DirectTests.FireAsync(channel))[0].ToString();
            Assert.DoesNotContain(master.Aes.KeyText, text, StringComparison.Ordinal);
            Assert.DoesNotContain(master.Session.KeyText, text, StringComparison.Ordinal);
            Assert.DoesNotContain("PRIVATE KEY", text, StringComparison.Ordinal);
        }
    }

    private static PayloadMap Flip(PayloadMap answer, string field)
    {
        answer.Set(field, Flip((byte[])answer[field]!));
        return answer;
    }

    private static byte[] Flip(byte[] bytes)
    {
        bytes[^1] ^= 1;
        return bytes;
    }

    private async Task<MasterRequestReason?> ReasonAsync(FakeMaster master, Func<MinionChannelOptions, MinionChannelOptions>? change = null)
    {
        using var channel = MinionChannel.Open(change is null ? home.Options(master) : change(home.Options(master)));
        return (await DirectTests.FireAsync(channel))[0].Cause?.Reason;
    }
}
