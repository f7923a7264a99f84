using System;
using System.Security.Cryptography;
using System.Text;
using SaltEvents.Core.Master;
using SaltEvents.Tests;
using Xunit;

namespace SaltEvents.Core.Tests.Master;

/// <summary>What is sealed and signed here opens in OpenSSL, and the other way round.</summary>
public sealed class OpenSslTests
{
    private static readonly byte[] Text = "salt"u8.ToArray();

    // OpenSSL's command puts a byte after the hash that names it; to Salt, and here, it is a part of the text.
    [NeedsTheory(What = "openssl")]
    [InlineData("sha1", 20, 0x33)]
    [InlineData("sha256", 32, 0x34)]
    [InlineData("sha512", 64, 0x35)]
    public void An_X931_signature_is_OpenSSLs_own(string hash, int length, byte name)
    {
        using var openssl = new OpenSsl();
        using var key = Key();
        using var publicKey = PublicKey();
        var digest = RandomNumberGenerator.GetBytes(length);
        byte[] text = [.. digest, name];
        var options = $"-pkeyopt digest:{hash} -pkeyopt rsa_padding_mode:x931";

        var theirs = openssl.Run(digest, $"pkeyutl -sign -in in -inkey key.pem -out out {options}");

        Assert.Equal(theirs, key.SignX931(text));
        Assert.True(publicKey.VerifyX931(text, theirs));
        Assert.Equal(digest, openssl.Run(key.SignX931(text)!, $"pkeyutl -verifyrecover -in in -pubin -inkey pub.pem -out out {options}"));
        theirs[^1] ^= 1;
        Assert.False(publicKey.VerifyX931(text, theirs));
    }

    [NeedsTheory(What = "openssl")]
    [InlineData("SHA1")]
    [InlineData("SHA224")]
    public void Each_side_decrypts_what_the_other_has_encrypted_with_OAEP(string hash)
    {
        using var openssl = new OpenSsl();
        using var key = Key();
        using var publicKey = PublicKey();
        var options = $"-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:{hash} -pkeyopt rsa_mgf1_md:{hash}";

        Assert.Equal(Text, key.Decrypt(openssl.Run(Text, $"pkeyutl -encrypt -in in -pubin -inkey pub.pem -out out {options}"), hash));
        Assert.Equal(Text, openssl.Run(publicKey.Encrypt(Text, hash)!, $"pkeyutl -decrypt -in in -inkey key.pem -out out {options}"));
    }

    [NeedsTheory(What = "openssl")]
    [InlineData("SHA1")]
    [InlineData("SHA224")]
    public void A_PKCS1_signature_of_OpenSSL_is_verified_and_a_changed_one_is_not(string hash)
    {
        using var openssl = new OpenSsl();
        using var key = PublicKey();
        var signature = openssl.Run(Text, $"dgst -{hash} -sign key.pem -out out in");

        Assert.True(key.Verify(Text, signature, hash));
        signature[100] ^= 1;
        Assert.False(key.Verify(Text, signature, hash));
    }

    [NeedsTheory(What = "openssl")]
    [InlineData(0)]
    [InlineData(8)] // fills its last block
    [InlineData(1000)]
    public void A_sealed_message_is_what_OpenSSL_makes_of_it(int length)
    {
        using var openssl = new OpenSsl();
        var keys = RandomNumberGenerator.GetBytes(56);
        using var messages = Crypticle.FromKeyText(Encoding.ASCII.GetBytes(Convert.ToBase64String(keys)))!;
        var content = RandomNumberGenerator.GetBytes(length);
        var (aes, mac) = (Convert.ToHexString(keys[..24]), Convert.ToHexString(keys[24..]));

        var message = messages.Seal(content);
        var iv = Convert.ToHexString(message[..16]);
        Assert.Equal(message[^32..], openssl.Run(message[..^32], $"dgst -sha256 -mac HMAC -macopt hexkey:{mac} -binary -out out in"));
        byte[] plain = [.. "pickle::"u8, .. content];
        Assert.Equal(plain, openssl.Run(message[16..^32], $"enc -d -aes-192-cbc -K {aes} -iv {iv} -in in -out out"));

        var nonce = new string('7', 32);
        byte[] answer = [.. "pickle::"u8, .. Encoding.ASCII.GetBytes(nonce), .. content, 0xC0];
        byte[] signed = [.. message[..16], .. openssl.Run(answer, $"enc -aes-192-cbc -K {aes} -iv {iv} -in in -out out")];
        byte[] theirs = [.. signed, .. openssl.Run(signed, $"dgst -sha256 -mac HMAC -macopt hexkey:{mac} -binary -out out in")];
        byte[] expected = [.. content, 0xC0];
        Assert.Equal(expected, messages.Open(theirs, nonce, out _));
        Assert.Null(messages.Open(theirs, new string('8', 32), out var reason));
        Assert.Equal(MasterRequestReason.AnswerReplayed, reason);
    }

    [NeedsTheory(What = "openssl")]
    [InlineData("rsa -in key.pem -out out -traditional")]
    [InlineData("pkcs8 -topk8 -nocrypt -in key.pem -out out")]
    public void A_private_key_is_read_in_both_forms(string command)
    {
        using var openssl = new OpenSsl();
        using var key = Key();
        using var read = RsaKey.FromPem(Encoding.ASCII.GetString(openssl.Run([], command)), isPrivate: true)!;

        Assert.True(read.Equals(key));
        Assert.Equal(key.SignX931(Text), read.SignX931(Text));
    }

    [NeedsTheory(What = "openssl")]
    [InlineData("rsa -in key.pem -pubout -out out")]
    [InlineData("rsa -in key.pem -RSAPublicKey_out -out out")]
    public void A_public_key_is_read_in_both_forms(string command)
    {
        using var openssl = new OpenSsl();
        using var key = PublicKey();
        using var read = RsaKey.FromPem(Encoding.ASCII.GetString(openssl.Run([], command)), isPrivate: false)!;

        Assert.True(read.Equals(key));
    }

    [NeedsFact(What = "openssl")]
    public void An_encrypted_private_key_is_not_a_key()
    {
        using var openssl = new OpenSsl();

        Assert.Null(
            RsaKey.FromPem(Encoding.ASCII.GetString(openssl.Run([], "rsa -in key.pem -aes128 -passout pass:x -out out")), isPrivate: true)
        );
    }

    private static RsaKey PublicKey() => RsaKey.FromPem(FakeMaster.Pem(TestKeys.Minion), isPrivate: false)!;

    private static RsaKey Key() => RsaKey.FromPem(TestKeys.Minion.ExportRSAPrivateKeyPem(), isPrivate: true)!;
}
