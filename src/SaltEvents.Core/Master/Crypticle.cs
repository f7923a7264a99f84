using System;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Utilities;

namespace SaltEvents.Core.Master;

/// <summary>
/// Messages under a key that master and minion share: IV, AES-192-CBC, HMAC-SHA256 over both; the plain text begins with
/// <c>pickle::</c> and, in answers, the nonce of the question (salt/crypt.py, Crypticle, 3006.10).
/// </summary>
internal sealed class Crypticle : IDisposable
{
    private const int AesBytes = 24;
    private const int IvBytes = 16;
    private const int MacBytes = 32;
    private static ReadOnlySpan<byte> Start => "pickle::"u8;

    private readonly Aes aes = Aes.Create();
    private readonly byte[] macKey;

    private Crypticle(byte[] keys)
    {
        aes.Mode = CipherMode.CBC;
        aes.Padding = PaddingMode.PKCS7;
        aes.Key = keys.AsSpan(0, AesBytes).ToArray();
        macKey = keys.AsSpan(AesBytes).ToArray();
    }

    /// <summary>From a key text, base64 of both keys; null if it is not one.</summary>
    public static Crypticle? FromKeyText(byte[] text)
    {
        try
        {
            var keys = Convert.FromBase64String(Encoding.ASCII.GetString(text));
            return keys.Length == AesBytes + MacBytes ? new Crypticle(keys) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>Seals a question.</summary>
    public byte[] Seal(ReadOnlySpan<byte> content)
    {
        var plain = new byte[Start.Length + content.Length];
        Start.CopyTo(plain);
        content.CopyTo(plain.AsSpan(Start.Length));
        var iv = new byte[IvBytes];
        using var random = RandomNumberGenerator.Create();
        random.GetBytes(iv);
        using var encryptor = aes.CreateEncryptor(aes.Key, iv);
        var text = encryptor.TransformFinalBlock(plain, 0, plain.Length);
        var message = new byte[IvBytes + text.Length + MacBytes];
        iv.CopyTo(message, 0);
        text.CopyTo(message, IvBytes);
        Mac(message, IvBytes + text.Length).CopyTo(message, IvBytes + text.Length);
        return message;
    }

    /// <summary>Opens an answer.</summary>
    /// <param name="message">The sealed message.</param>
    /// <param name="nonce">The nonce of the question.</param>
    /// <param name="reason">Why it cannot be trusted, if null is returned.</param>
    public byte[]? Open(byte[] message, string nonce, out MasterRequestReason reason)
    {
        reason = MasterRequestReason.AnswerTampered;
        var signedLength = message.Length - MacBytes;
        if (signedLength <= IvBytes || !Arrays.FixedTimeEquals(Mac(message, signedLength), message.AsSpan(signedLength).ToArray()))
        {
            return null;
        }

        if (Decrypt(message, signedLength) is not { } plain || !plain.AsSpan().StartsWith(Start))
        {
            return null;
        }

        reason = MasterRequestReason.AnswerReplayed;
        var content = Start.Length + nonce.Length;
        return
            plain.Length > content
            && Arrays.FixedTimeEquals(plain.AsSpan(Start.Length, nonce.Length).ToArray(), Encoding.ASCII.GetBytes(nonce))
            ? plain.AsSpan(content).ToArray()
            : null;
    }

    public void Dispose()
    {
        Array.Clear(macKey, 0, macKey.Length);
        aes.Dispose();
    }

    // Null if these are no whole blocks, or do not end as such: a master can seal what it likes.
    private byte[]? Decrypt(byte[] message, int length)
    {
        try
        {
            using var decryptor = aes.CreateDecryptor(aes.Key, message.AsSpan(0, IvBytes).ToArray());
            return decryptor.TransformFinalBlock(message, IvBytes, length - IvBytes);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private byte[] Mac(byte[] message, int length)
    {
        using var hmac = new HMACSHA256(macKey);
        return hmac.ComputeHash(message, 0, length);
    }
}
