using System;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

namespace SaltEvents.Core.Tests.Master;

/// <summary>Sealed messages made and opened as a master does, apart from the product's code.</summary>
internal sealed class Seal
{
    private readonly byte[] keys = RandomNumberGenerator.GetBytes(56);

    public string KeyText => Convert.ToBase64String(keys);

    /// <summary>Any bytes, an IV first, under a seal that is right.</summary>
    public byte[] Sign(byte[] signed) => [.. signed, .. HMACSHA256.HashData(keys[24..], signed)];

    public byte[] Close(byte[] content, string nonce)
    {
        using var aes = Aes.Create();
        aes.Key = keys[..24];
        var iv = RandomNumberGenerator.GetBytes(16);
        byte[] plain = [.. Encoding.ASCII.GetBytes("pickle::" + nonce), .. content];
        return Sign([.. iv, .. aes.EncryptCbc(plain, iv)]);
    }

    /// <summary>Null where it was sealed with another key.</summary>
    public byte[]? Open(byte[] message)
    {
        var signed = message[..^32];
        if (!HMACSHA256.HashData(keys[24..], signed).SequenceEqual(message[^32..]))
        {
            return null;
        }

        using var aes = Aes.Create();
        aes.Key = keys[..24];
        return aes.DecryptCbc(signed[16..], signed[..16])["pickle::".Length..];
    }
}
