using System.Security.Cryptography;

namespace SaltEvents.Core.Compat;

/// <summary>Hashes without an object for each, which .NET Framework does not have.</summary>
internal static class Hashes
{
    public static byte[] Sha256(byte[] bytes)
    {
#if NETFRAMEWORK
        using var sha = SHA256.Create();
        return sha.ComputeHash(bytes);
#else
        return SHA256.HashData(bytes);
#endif
    }
}
