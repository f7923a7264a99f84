using System;
using System.IO;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Encodings;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.OpenSsl;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Utilities;
using BigInteger = Org.BouncyCastle.Math.BigInteger;

namespace SaltEvents.Core.Master;

/// <summary>
/// An RSA key and what Salt does with it (salt/crypt.py, PrivateKey and PublicKey, 3007.10). .NET does what it can; its RSA
/// knows neither SHA-224 nor X9.31, those are BouncyCastle's.
/// </summary>
internal sealed class RsaKey : IDisposable
{
    private readonly RsaKeyParameters key;
    private readonly RSA rsa = RSA.Create();

    private RsaKey(RsaKeyParameters key)
    {
        this.key = key;
        rsa.ImportParameters(key is RsaPrivateCrtKeyParameters complete ? DotNetUtilities.ToRSAParameters(complete) : DotNetUtilities.ToRSAParameters(key));
    }

    private int Size => (key.Modulus.BitLength + 7) / 8;

    /// <summary>Reads PEM, PKCS#1 or PKCS#8, private or public; null where it is no RSA key of that kind.</summary>
    public static RsaKey? FromPem(string pem, bool isPrivate)
    {
        try
        {
            using var reader = new PemReader(new StringReader(pem));
            var found = reader.ReadObject();
            found = found is AsymmetricCipherKeyPair pair ? pair.Private : found;
            return isPrivate ? found is RsaPrivateCrtKeyParameters own ? new RsaKey(own) : null
                : found is RsaKeyParameters { IsPrivate: false } other ? new RsaKey(other) : null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // BouncyCastle has errors of a dozen families for what is no key. Whatever they say of the text, a key may be in it.
            return null;
        }
    }

    /// <summary>Whether it is the same public key.</summary>
    public bool Equals(RsaKey other) => key.Modulus.Equals(other.key.Modulus) && key.Exponent.Equals(other.key.Exponent);

    /// <summary>Encrypts to the key; null where the key is too short for it.</summary>
    /// <param name="text">What to encrypt.</param>
    /// <param name="hash">The hash of OAEP: SHA1, SHA224.</param>
    public byte[]? Encrypt(byte[] text, string hash) => hash == SaltAlgorithms.Sha1
        ? OrNull(() => rsa.Encrypt(text, RSAEncryptionPadding.OaepSHA1))
        : OrNull(() => Oaep(hash, forEncryption: true).ProcessBlock(text, 0, text.Length));

    /// <summary>Decrypts with the private key; null where it is not encrypted to it.</summary>
    public byte[]? Decrypt(byte[] sealedText, string hash) => hash == SaltAlgorithms.Sha1
        ? OrNull(() => rsa.Decrypt(sealedText, RSAEncryptionPadding.OaepSHA1))
        : OrNull(() => Oaep(hash, forEncryption: false).ProcessBlock(sealedText, 0, sealedText.Length));

    /// <summary>Whether the private key has signed the data, PKCS#1 v1.5.</summary>
    public bool Verify(byte[] data, byte[] signature, string hash)
    {
        if (hash == SaltAlgorithms.Sha1)
        {
            return rsa.VerifyData(data, signature, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1);
        }

        var verifier = new RsaDigestSigner(SaltAlgorithms.Digest(hash));
        verifier.Init(false, key);
        verifier.BlockUpdate(data, 0, data.Length);
        return verifier.VerifySignature(signature);
    }

    /// <summary>Signs a text as it is, X9.31: of the signature and its complement the smaller one.</summary>
    public byte[] SignX931(byte[] text)
    {
        var engine = new RsaBlindedEngine();
        engine.Init(true, key);
        var block = X931.Pad(text, Size);
        var signature = new BigInteger(1, engine.ProcessBlock(block, 0, block.Length));
        return BigIntegers.AsUnsignedByteArray(Size, signature.Min(key.Modulus.Subtract(signature)));
    }

    /// <summary>Whether the private key has signed the text, X9.31.</summary>
    public bool VerifyX931(byte[] text, byte[] signature)
    {
        const int TrailerDigit = 12;
        var number = new BigInteger(1, signature);
        if (signature.Length != Size || number.CompareTo(key.Modulus) >= 0)
        {
            return false;
        }

        var block = number.ModPow(key.Exponent, key.Modulus);
        block = (block.IntValue & 0xF) == TrailerDigit ? block : key.Modulus.Subtract(block);
        return X931.Unpad(BigIntegers.AsUnsignedByteArray(Size, block)) is { } signed && Arrays.FixedTimeEquals(signed, text);
    }

    public void Dispose() => rsa.Dispose();

    private static byte[]? OrNull(Func<byte[]> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is CryptographicException or CryptoException)
        {
            return null;
        }
    }

    private OaepEncoding Oaep(string hash, bool forEncryption)
    {
        var oaep = new OaepEncoding(new RsaBlindedEngine(), SaltAlgorithms.Digest(hash));
        oaep.Init(forEncryption, forEncryption ? new ParametersWithRandom(key, new SecureRandom()) : key);
        return oaep;
    }
}
