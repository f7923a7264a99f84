using System;
using System.IO;

namespace SaltEvents.Core.Master;

/// <summary>
/// A minion's own keys: <c>minion.pem</c> and <c>minion.pub</c> in its pki_dir (salt/crypt.py, AsyncAuth.get_keys, 3006.10).
/// </summary>
internal sealed class MinionIdentity : IDisposable
{
    private const string Help =
        "The minion makes its keys when it first starts; start it once, and accept its key on the master (salt-key). Or is pki_dir another directory?";

    private readonly Lazy<byte[]?> token;

    private MinionIdentity(string id, RsaKey key, string publicPem)
    {
        Id = id;
        Key = key;
        PublicPem = publicPem;
        token = new Lazy<byte[]?>(() => key.SignX931("salt"u8.ToArray()));
    }

    public string Id { get; }

    public RsaKey Key { get; }

    /// <summary>The public key's text, as the minion's daemon sends it.</summary>
    public string PublicPem { get; }

    /// <summary>
    /// Proves to a master that a message is the minion's. It is computed on first use: with a long key that takes a second.
    /// </summary>
    /// <exception cref="MasterRequestException">The private key's numbers do not belong together.</exception>
    public byte[] Token =>
        token.Value
        ?? throw new MasterRequestException(
            MasterRequestReason.InvalidKey,
            "The minion's private key, minion.pem, cannot sign: its numbers are inconsistent. Nothing was sent."
        );

    /// <exception cref="MasterRequestException">A key does not exist, may not be read, or is not a key.</exception>
    public static MinionIdentity Load(MinionChannelOptions options)
    {
        var path = Path.Combine(options.PkiDirectory, "minion.pem");
        var key =
            RsaKey.FromPem(Read(path), isPrivate: true)
            ?? throw new MasterRequestException(
                MasterRequestReason.InvalidKey,
                $"The file {path} does not hold an RSA private key in PEM of at most {RsaPem.MaxModulusBits} bits."
            );
        // With the line feed at its end, if there is one: masters before 3006.9 compare a pending key to the letter with the one that the
        // minion's daemon has sent (salt/crypt.py, AsyncAuth.minion_sign_in_payload, 3006.0).
        var publicPem = Read(Path.Combine(options.PkiDirectory, "minion.pub")).Replace("\r\n", "\n");
        return new MinionIdentity(options.MinionId, key, publicPem);
    }

    public void Dispose() => Key.Dispose();

    private static string Read(string path) =>
        KeyFile.Read(path, MasterRequestReason.MinionKeyNotFound, MasterRequestReason.MinionKeyNotReadable, Help);
}
