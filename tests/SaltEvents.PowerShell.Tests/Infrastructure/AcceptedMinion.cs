using System;
using System.Linq;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using SaltEvents.Core.Events;
using static SaltEvents.Tests.PayloadExtensions;

namespace SaltEvents.Tests;

/// <summary>
/// What a master does for a minion whose key it has accepted, in protocol version 3: the sign-in, and sealed messages. Apart from the
/// product's code.
/// </summary>
internal sealed class AcceptedMinion : IDisposable
{
    private const int Size = 256;
    private readonly RSA master = RSA.Create(8 * Size);
    private readonly byte[] shared = RandomNumberGenerator.GetBytes(56);
    private readonly byte[] session = RandomNumberGenerator.GetBytes(56);

    public string MasterPem => master.ExportSubjectPublicKeyInfoPem();

    /// <summary>Texts that only master and minion may see.</summary>
    public string[] Secrets =>
        [Convert.ToBase64String(shared), Convert.ToBase64String(session), Convert.ToHexString(session), master.ExportRSAPrivateKeyPem()];

    /// <summary>Answers a sign-in.</summary>
    public PayloadMap SignIn(PayloadMap load)
    {
        using var minion = RSA.Create();
        minion.ImportFromPem((string)load["pub"]!);
        byte[] To(byte[] keys) => minion.Encrypt(Encoding.ASCII.GetBytes(Convert.ToBase64String(keys)), RSAEncryptionPadding.OaepSHA1);
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(Convert.ToBase64String(shared))));
        return Signed(
            Map(
                ("enc", "pub"),
                ("pub_key", MasterPem),
                ("aes", To(shared)),
                ("session", To(session)),
                ("sig", SignX931(digest)),
                ("nonce", load["nonce"])
            )
        );
    }

    /// <summary>An answer to a sign-in with the master's signature.</summary>
    public PayloadMap Signed(PayloadMap content)
    {
        var packed = RecordedMaster.Pack(content);
        return Map(
            ("enc", "clear"),
            ("load", packed),
            ("sig", master.SignData(packed, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1))
        );
    }

    /// <summary>Opens a message.</summary>
    public PayloadMap Open(byte[] message)
    {
        var signed = message[..^32];
        if (!HMACSHA256.HashData(session[24..], signed).SequenceEqual(message[^32..]))
        {
            throw new CryptographicException("The message is sealed with another key.");
        }

        using var aes = Aes.Create();
        aes.Key = session[..24];
        byte[] body = [.. "t\n\n"u8, .. aes.DecryptCbc(signed[16..], signed[..16])["pickle::".Length..]];
        return (PayloadMap)EventCodec.Decode(body).Fields.Decode()!;
    }

    /// <summary>The sealed nil with which a master answers an event that it has fired.</summary>
    public byte[] Fired(PayloadMap load)
    {
        using var aes = Aes.Create();
        aes.Key = session[..24];
        var iv = RandomNumberGenerator.GetBytes(16);
        byte[] plain = [.. Encoding.ASCII.GetBytes("pickle::" + load["nonce"]), 0xC0];
        byte[] signed = [.. iv, .. aes.EncryptCbc(plain, iv)];
        return [.. signed, .. HMACSHA256.HashData(session[24..], signed)];
    }

    public void Dispose() => master.Dispose();

    private byte[] SignX931(string text)
    {
        byte[] block = [0x6B, .. Enumerable.Repeat((byte)0xBB, Size - text.Length - 3), 0xBA, .. Encoding.ASCII.GetBytes(text), 0xCC];
        var key = master.ExportParameters(includePrivateParameters: true);
        BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);
        var signature = BigInteger.ModPow(Number(block), Number(key.D!), Number(key.Modulus!));
        var bytes = BigInteger.Min(signature, Number(key.Modulus!) - signature).ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[Size - bytes.Length], .. bytes];
    }
}
