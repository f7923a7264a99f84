using System;
using System.IO;
using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Utilities;
using Org.BouncyCastle.Utilities.IO.Pem;
using BigInteger = Org.BouncyCastle.Math.BigInteger;

namespace SaltEvents.Core.Master;

/// <summary>
/// RSA keys in PEM, PKCS#1 or PKCS#8, read without any arithmetic: a key comes from a peer that is not authenticated yet,
/// and one of 16,384 bits takes half a minute to check. What is larger than the limits is not a key.
/// </summary>
internal static class RsaPem
{
    /// <summary>The longest modulus, in bits. Salt's own keys have 2048 (<c>keysize</c>, salt/config/__init__.py, 3006.10).</summary>
    public const int MaxModulusBits = 8192;

    /// <summary>The longest public exponent, in bits: OpenSSL's limit for long keys. Salt's own is 65537.</summary>
    public const int MaxExponentBits = 64;

    private const int MaxTextLength = 64 * 1024;

    /// <summary>The numbers of the first key in a text; null if it is not an RSA key of that kind, or is larger than the limits.</summary>
    public static RSAParameters? Read(string pem, bool isPrivate)
    {
        try
        {
            using var reader = new PemReader(new StringReader(pem));
            return pem.Length > MaxTextLength ? null : reader.ReadPemObject() is not { } found ? null
                : isPrivate ? PrivateKey(found) : PublicKey(found);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // BouncyCastle has a dozen kinds of errors for text that is not a key. Their messages may contain the text, and so a key.
            return null;
        }
    }

    private static RSAParameters? PublicKey(PemObject found)
    {
        var key = found.Type switch
        {
            "RSA PUBLIC KEY" => RsaPublicKeyStructure.GetInstance(Asn1Object.FromByteArray(found.Content)),
            "PUBLIC KEY"
                when SubjectPublicKeyInfo.GetInstance(Asn1Object.FromByteArray(found.Content)) is var info && IsRsa(info.Algorithm) =>
                RsaPublicKeyStructure.GetInstance(info.ParsePublicKey()),
            _ => null,
        };
        return key is null || !IsWithinLimits(key.Modulus, key.PublicExponent) ? null : new RSAParameters
        {
            Modulus = BigIntegers.AsUnsignedByteArray(key.Modulus),
            Exponent = BigIntegers.AsUnsignedByteArray(key.PublicExponent),
        };
    }

    private static RSAParameters? PrivateKey(PemObject found)
    {
        var key = found.Type switch
        {
            "RSA PRIVATE KEY" when found.Headers.Count == 0 => RsaPrivateKeyStructure.GetInstance(Asn1Object.FromByteArray(found.Content)),
            "PRIVATE KEY"
                when PrivateKeyInfo.GetInstance(Asn1Object.FromByteArray(found.Content)) is var info && IsRsa(info.PrivateKeyAlgorithm) =>
                RsaPrivateKeyStructure.GetInstance(info.ParsePrivateKey()),
            _ => null,
        };
        // The other numbers are padded to the length of the modulus, or half of it: longer ones are an error.
        return key is null || !IsWithinLimits(key.Modulus, key.PublicExponent) ? null : DotNetUtilities.ToRSAParameters(key);
    }

    private static bool IsRsa(AlgorithmIdentifier algorithm) => algorithm.Algorithm.Equals(PkcsObjectIdentifiers.RsaEncryption);

    private static bool IsWithinLimits(BigInteger modulus, BigInteger exponent) =>
        modulus.SignValue > 0 && modulus.BitLength <= MaxModulusBits && exponent.SignValue > 0 && exponent.BitLength <= MaxExponentBits;
}
