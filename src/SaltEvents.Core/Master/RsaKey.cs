using System;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Encodings;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
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
    private readonly BigInteger modulus;
    private readonly BigInteger exponent;
    private readonly RSA rsa = RSA.Create();

    // Checked for primes when it is made, which takes a second for a long key; most of what Salt does needs none.
    private readonly Lazy<RsaKeyParameters> parameters;

    private RsaKey(RSAParameters numbers)
    {
        modulus = new BigInteger(1, numbers.Modulus);
        exponent = new BigInteger(1, numbers.Exponent);
        parameters = new Lazy<RsaKeyParameters>(() => numbers.D is null
            ? new RsaKeyParameters(false, modulus, exponent)
            : DotNetUtilities.GetRsaKeyPair(numbers).Private as RsaKeyParameters ?? throw new CryptographicException());
        rsa.ImportParameters(numbers);
    }

    private int Size => (modulus.BitLength + 7) / 8;

    /// <summary>
    /// Reads PEM, PKCS#1 or PKCS#8, private or public; null if it is not an RSA key of that kind, or has more bits than
    /// <see cref="RsaPem"/> takes.
    /// </summary>
    public static RsaKey? FromPem(string pem, bool isPrivate)
    {
        try
        {
            return RsaPem.Read(pem, isPrivate) is { } numbers ? new RsaKey(numbers) : null;
        }
        catch (CryptographicException)
        {
            return null; // numbers that belong to no key
        }
    }

    /// <summary>Whether it is the same public key.</summary>
    public bool Equals(RsaKey other) => modulus.Equals(other.modulus) && exponent.Equals(other.exponent);

    /// <summary>Encrypts to the key; null if the key is too short for it.</summary>
    /// <param name="text">What to encrypt.</param>
    /// <param name="hash">The hash of OAEP: SHA1, SHA224.</param>
    public byte[]? Encrypt(byte[] text, string hash) => hash == SaltAlgorithms.Sha1
        ? OrNull(() => rsa.Encrypt(text, RSAEncryptionPadding.OaepSHA1))
        : OrNull(() => Oaep(hash, forEncryption: true).ProcessBlock(text, 0, text.Length));

    /// <summary>Decrypts with the private key; null if it is not encrypted to it.</summary>
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

        try
        {
            var verifier = new RsaDigestSigner(SaltAlgorithms.Digest(hash));
            verifier.Init(false, parameters.Value);
            verifier.BlockUpdate(data, 0, data.Length);
            return verifier.VerifySignature(signature);
        }
        catch (ArgumentException)
        {
            return false; // BouncyCastle accepts no modulus that is a prime or has a small factor
        }
    }

    /// <summary>
    /// Signs a text as it is, X9.31: of the signature and its complement the smaller one; null if the private key's numbers do not belong
    /// together.
    /// </summary>
    public byte[]? SignX931(byte[] text) => OrNull(() =>
    {
        var engine = new RsaBlindedEngine();
        engine.Init(true, parameters.Value);
        var block = X931.Pad(text, Size);
        var signature = new BigInteger(1, engine.ProcessBlock(block, 0, block.Length));
        return BigIntegers.AsUnsignedByteArray(Size, signature.Min(modulus.Subtract(signature)));
    });

    /// <summary>Whether the private key has signed the text, X9.31.</summary>
    public bool VerifyX931(byte[] text, byte[] signature)
    {
        const int TrailerDigit = 12;
        if (signature.Length != Size || new BigInteger(1, signature) is var number && number.CompareTo(modulus) >= 0)
        {
            return false;
        }

        var block = number.ModPow(exponent, modulus);
        block = (block.IntValue & 0xF) == TrailerDigit ? block : modulus.Subtract(block);
        return X931.Unpad(BigIntegers.AsUnsignedByteArray(Size, block)) is { } signed && Arrays.FixedTimeEquals(signed, text);
    }

    public void Dispose() => rsa.Dispose();

    private static byte[]? OrNull(Func<byte[]> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is CryptographicException or CryptoException or ArgumentException or InvalidOperationException)
        {
            return null; // for an invalid key, BouncyCastle blames an argument or its engine
        }
    }

    private OaepEncoding Oaep(string hash, bool forEncryption)
    {
        var oaep = new OaepEncoding(new RsaBlindedEngine(), SaltAlgorithms.Digest(hash));
        oaep.Init(forEncryption, forEncryption ? new ParametersWithRandom(parameters.Value, new SecureRandom()) : parameters.Value);
        return oaep;
    }
}
