using System;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Security;

namespace SaltEvents.Core.Master;

/// <summary>
/// The names of algorithms in Salt: <c>encryption_algorithm</c> and <c>signing_algorithm</c> (salt/crypt.py, 3006.10: OAEP and PKCS1v15
/// with SHA1 or SHA224).
/// </summary>
internal static class SaltAlgorithms
{
    public const string Sha1 = "SHA1";

    private static readonly string[] Hashes = [Sha1, "SHA224"];

    /// <summary>The hash in the name of an encryption.</summary>
    /// <exception cref="MasterRequestException">Salt does not have it.</exception>
    public static string EncryptionHash(string name) => Hash(name, "OAEP-", "encryption_algorithm");

    /// <summary>The hash in the name of a signature.</summary>
    /// <exception cref="MasterRequestException">Salt does not have it.</exception>
    public static string SigningHash(string name) => Hash(name, "PKCS1v15-", "signing_algorithm");

    public static IDigest Digest(string hash) => DigestUtilities.GetDigest(hash.Insert("SHA".Length, "-"));

    private static string Hash(string name, string padding, string setting)
    {
        var hash = name.StartsWith(padding, StringComparison.Ordinal) ? name.Substring(padding.Length) : string.Empty;
        return Array.IndexOf(Hashes, hash) >= 0 ? hash : throw new MasterRequestException(
            MasterRequestReason.AlgorithmRefused, $"The {setting} {name} is not known. Salt has {padding}SHA1 and {padding}SHA224.");
    }
}
