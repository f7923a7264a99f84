using System;
using System.Diagnostics;
using System.Formats.Asn1;
using System.IO;
using System.Linq;
using System.Numerics;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Events;
using SaltEvents.Core.Master;
using Xunit;

namespace SaltEvents.Core.Tests.Master;

/// <summary>
/// Keys that are too large to compute with, from an unauthenticated master or from a file; and computing that takes too
/// long.
/// </summary>
public sealed class KeySizeTests : IDisposable
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(4); // one such key takes some 25 s to check for primes
    private readonly MinionHome home = new();

    public static TheoryData<int, int, bool> Sizes => new()
    {
        { 1024, 17, true },
        { RsaPem.MaxModulusBits, 17, true },
        { RsaPem.MaxModulusBits + 1, 17, false },
        { 16384, 17, false },
        { 50_000, 17, false },
        { 2048, RsaPem.MaxExponentBits, true },
        { 2048, RsaPem.MaxExponentBits + 1, false },
        { 2048, 2048, false },
    };

    public void Dispose() => home.Dispose();

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_public_key_larger_than_the_limits_is_none(int modulusBits, int exponentBits, bool isKey)
    {
        foreach (
            var pem in new[] { Pkcs1(Modulus(modulusBits), Exponent(exponentBits)), Spki(Modulus(modulusBits), Exponent(exponentBits)) }
        )
        {
            using var key = RsaKey.FromPem(pem, isPrivate: false);
            Assert.Equal(isKey, key is not null);
        }
    }

    [Fact]
    public async Task A_master_that_offers_a_key_of_16384_bits_is_refused_at_once()
    {
        await using var master = new FakeMaster(MasterTransport.Tcp);
        master.ChangeSignIn = content =>
            content.Set("pub_key", Spki(Modulus(16384), Exponent(17)).Replace("\r", string.Empty, StringComparison.Ordinal));
        using var channel = MinionChannel.Open(home.Options(master));
        var watch = Stopwatch.StartNew();

        var error = (await DirectTests.FireAsync(channel))[0].Cause!;

        Assert.Equal(MasterRequestReason.AnswerTampered, error.Reason);
        Assert.Contains("8192 bits", error.Message, StringComparison.Ordinal);
        Assert.True(watch.Elapsed < AtOnce, watch.Elapsed.ToString());
        Assert.False(File.Exists(home.MasterKeyPath));
    }

    [Theory]
    [InlineData("minion.pem")]
    [InlineData("minion_master.pub")]
    [InlineData("master_sign.pub")]
    public async Task A_key_file_with_16384_bits_is_named_at_once(string name)
    {
        await using var master = new FakeMaster(MasterTransport.Tcp);
        master.ChangeSignIn = content => content.Add("pub_sig", "AAAA");
        File.WriteAllText(home.In(name), name == "minion.pem" ? Private(Modulus(16384)) : Spki(Modulus(16384), Exponent(17)));
        var watch = Stopwatch.StartNew();

        var error = await ErrorAsync(home.Options(master) with { MasterSigningKeyPath = home.In("master_sign.pub") });

        Assert.Equal(MasterRequestReason.InvalidKey, error?.Reason);
        Assert.Contains(home.In(name), error!.Message, StringComparison.Ordinal);
        Assert.True(watch.Elapsed < AtOnce, watch.Elapsed.ToString());
    }

    [Fact]
    public async Task A_private_key_whose_numbers_do_not_belong_together_is_named()
    {
        await using var master = new FakeMaster(MasterTransport.Tcp);
        var numbers = TestKeys.Minion.ExportParameters(includePrivateParameters: true);
        var other = TestKeys.Signer.ExportParameters(includePrivateParameters: true);
        File.WriteAllText(
            home.In("minion.pem"),
            Private(numbers.Modulus!, numbers.Exponent!, numbers.D!, other.P!, other.Q!, other.DP!, other.DQ!, other.InverseQ!)
        );

        var error = await ErrorAsync(home.Options(master));

        Assert.True(error?.Reason is MasterRequestReason.InvalidKey or MasterRequestReason.AnswerTampered, error?.ToString());
        Assert.Contains("minion.pem", error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_time_limit_bounds_computing_too(bool asking)
    {
        await using var master = new FakeMaster(MasterTransport.Tcp);
        using var requests = new MasterRequests(master.Address, MasterTransport.Tcp, TimeSpan.FromMilliseconds(500));
        using var goOn = new ManualResetEventSlim();
        var question = new PayloadMap
        {
            { "enc", "clear" },
            { "version", 3 },
            {
                "load",
                new PayloadMap { { "cmd", "publish" }, { "key", "none" } }
            },
        };
        T Compute<T>(T value)
        {
            goOn.Wait();
            return value;
        }

        var error = await Assert.ThrowsAsync<MasterRequestException>(() => asking
            ? requests.AskAsync(() => Compute(question), answer => answer, "Nothing.", CancellationToken.None)
            : requests.AskAsync(() => question, Compute, "Nothing.", CancellationToken.None));
        goOn.Set();

        Assert.Equal(MasterRequestReason.MasterNotAnswering, error.Reason);
        Assert.Contains(
            asking ? "did not answer within 0.5 s" : "could not be checked within 0.5 s",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Cancelling_ends_the_wait_for_computing()
    {
        await using var master = new FakeMaster(MasterTransport.Tcp);
        using var requests = new MasterRequests(master.Address, MasterTransport.Tcp, Timeout.InfiniteTimeSpan);
        using var goOn = new ManualResetEventSlim();
        using var computing = new ManualResetEventSlim();
        using var stop = new CancellationTokenSource();
        var asking = requests.AskAsync(
            () =>
            {
                computing.Set();
                goOn.Wait();
                return new PayloadMap();
            },
            answer => answer,
            "Nothing.",
            stop.Token);
        computing.Wait();
        stop.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        goOn.Set();
    }

    // A product of primes: what has a small factor is refused sooner. The top bit is set, and the number odd.
    private static byte[] Modulus(int bits)
    {
        var primes = new[] { TestKeys.Master, TestKeys.OtherMaster, TestKeys.Minion, TestKeys.Signer }.Select(key => new BigInteger(
            key.ExportParameters(includePrivateParameters: false).Modulus,
            isUnsigned: true,
            isBigEndian: true
        ));
        var product = primes.Aggregate(BigInteger.One, (all, next) => all * next);
        var number = product;
        while (number.GetBitLength() < bits)
        {
            number *= product;
        }

        return number.GetBitLength() is var length && length == bits
            ? number.ToByteArray(isUnsigned: true, isBigEndian: true)
            : ((number >> (int)(length - bits)) | BigInteger.One).ToByteArray(isUnsigned: true, isBigEndian: true);
    }

    private static byte[] Exponent(int bits) =>
        ((BigInteger.One << (bits - 1)) | BigInteger.One).ToByteArray(isUnsigned: true, isBigEndian: true);

    private static byte[] Sequence(params byte[][] numbers)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var number in numbers)
            {
                writer.WriteInteger(new BigInteger(number, isUnsigned: true, isBigEndian: true));
            }
        }

        return writer.Encode();
    }

    private static string Pkcs1(byte[] modulus, byte[] exponent) => new(PemEncoding.Write("RSA PUBLIC KEY", Sequence(modulus, exponent)));

    private static string Spki(byte[] modulus, byte[] exponent)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.113549.1.1.1");
                writer.WriteNull();
            }

            writer.WriteBitString(Sequence(modulus, exponent));
        }

        return new string(PemEncoding.Write("PUBLIC KEY", writer.Encode()));
    }

    private static string Private(byte[] modulus)
    {
        var half = modulus[..(modulus.Length / 2)];
        return Private(modulus, Exponent(17), modulus, half, half, half, half, half);
    }

    private static string Private(params byte[][] numbers) => new(PemEncoding.Write("RSA PRIVATE KEY", Sequence([[0], .. numbers])));

    private static async Task<MasterRequestException?> ErrorAsync(MinionChannelOptions options)
    {
        try
        {
            using var channel = MinionChannel.Open(options);
            return (await DirectTests.FireAsync(channel))[0].Cause;
        }
        catch (MasterRequestException e)
        {
            return e;
        }
    }
}
