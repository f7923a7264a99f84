using System.Security.Cryptography;

namespace SaltEvents.Core.Tests.Master;

/// <summary>Keys of this test run; making one takes a while.</summary>
internal static class TestKeys
{
    public static RSA Master { get; } = RSA.Create(2048);

    public static RSA OtherMaster { get; } = RSA.Create(2048);

    public static RSA Minion { get; } = RSA.Create(2048);

    public static RSA Signer { get; } = RSA.Create(2048);
}
