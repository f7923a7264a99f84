using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using Org.BouncyCastle.Security;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Master;

/// <summary>
/// The master's key as the minion remembers it, <c>minion_master.pub</c> in its pki_dir, and what a key must be to get there
/// (salt/crypt.py, AsyncAuth.verify_master, check_auth_deps and verify_signing_master, 3006.10).
/// </summary>
internal sealed class MasterKeyStore(MinionChannelOptions options)
{
    private const int MaxPemLength = 16 * 1024;

    // Nothing but one key: its first and last line are in no fingerprint, and another key could stand there for a reader of PEM to find.
    private static readonly Regex OneKey = new(
        @"\A\s*-----BEGIN (PUBLIC|RSA PUBLIC) KEY-----\r?\n([A-Za-z0-9+/=]+\r?\n)+-----END \1 KEY-----\s*\z",
        RegexOptions.CultureInvariant
    );

    /// <summary>Where it is remembered.</summary>
    public string Path { get; } = System.IO.Path.Combine(options.PkiDirectory, "minion_master.pub");

    /// <summary>The remembered key; null at the first connection.</summary>
    /// <exception cref="MasterRequestException">It cannot be read or is not a key.</exception>
    public RsaKey? Load()
    {
        if (!File.Exists(Path))
        {
            return null;
        }

        var pem = KeyFile.Read(Path, MasterRequestReason.MinionKeyNotFound, MasterRequestReason.MinionKeyNotReadable, string.Empty);
        return RsaKey.FromPem(pem, isPrivate: false)
            ?? throw new MasterRequestException(
                MasterRequestReason.InvalidKey,
                $"The file {Path}, where the minion remembers its master's key, does not hold an RSA public key in PEM of at most {RsaPem.MaxModulusBits} bits."
            );
    }

    /// <summary>The key that a master offers; null if its text is not that of one RSA public key and nothing else.</summary>
    public static RsaKey? Offered(string pem) =>
        pem.Length <= MaxPemLength && OneKey.IsMatch(pem) ? RsaKey.FromPem(pem, isPrivate: false) : null;

    /// <summary>Whether the configuration lets the master with this key be trusted, and whether it is the remembered one.</summary>
    /// <param name="known">The remembered key; null at the first connection.</param>
    /// <param name="offered">The master's key.</param>
    /// <param name="pem">Its text.</param>
    /// <param name="signature">The signature by the master's signing key, in base64; null if it sends none.</param>
    /// <param name="master">The master's address, for messages.</param>
    /// <exception cref="MasterRequestException">It is not to be trusted.</exception>
    public void Check(RsaKey? known, RsaKey offered, string pem, string? signature, string master)
    {
        if (
            options.MasterFingerprint.Length > 0
            && !string.Equals(Fingerprint(pem, options.FingerprintHash), options.MasterFingerprint, StringComparison.OrdinalIgnoreCase)
        )
        {
            throw NotTrusted(master, "its fingerprint is not the master_finger of the minion's configuration");
        }

        var isKnown = known is not null && known.Equals(offered);
        if (options.MasterSigningKeyPath is { } signingKey)
        {
            CheckIsSigned(signature, "verify_master_pubkey_sign", master);
            if (!isKnown || options.AlwaysVerifiesMasterKey)
            {
                CheckSignature(signingKey, pem, signature!, master);
            }
        }
        else if (known is not null && !isKnown)
        {
            throw new MasterRequestException(
                MasterRequestReason.MasterKeyChanged,
                $"The master at {master} has another key than the one that the minion remembers in {Path}: it may be another machine that impersonates the master. Nothing was sent. If the master really has a new key, remove that file."
            );
        }
        else if (signature is not null)
        {
            throw NotTrusted(
                master,
                "the master sends a signature of it (master_sign_pubkey), and the minion's configuration does not verify it. Salt's minion refuses that too: set verify_master_pubkey_sign in it, or master_sign_pubkey: False on the master"
            );
        }
        else if (isKnown && options.AlwaysVerifiesMasterKey)
        {
            CheckIsSigned(signature, "always_verify_signature", master);
        }
    }

    /// <summary>Writes a key that has been checked, completely or not at all, readable by everybody as in Salt.</summary>
    /// <param name="pem">Its text.</param>
    /// <param name="replaces">Whether another key may be there. Otherwise one that the daemon has written meanwhile stays.</param>
    /// <exception cref="MasterRequestException">It cannot be written.</exception>
    public void Save(string pem, bool replaces)
    {
        var stagingPath = Path + "." + System.IO.Path.GetRandomFileName();
        try
        {
            using (var file = UnixFiles.CreateReadable(stagingPath))
            {
                var text = Encoding.UTF8.GetBytes(pem);
                file.Write(text, 0, text.Length);
            }

            if (replaces)
            {
                UnixFiles.MoveOver(stagingPath, Path);
            }
            else
            {
                File.Move(stagingPath, Path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The daemon, or another command, has met the same master at the same time.
            using var meanwhile = replaces ? null : Load();
            using var key = Offered(pem);
            if (meanwhile is not null && key is not null && meanwhile.Equals(key))
            {
                return;
            }

            throw new MasterRequestException(
                MasterRequestReason.MasterKeyNotSaved,
                $"The master's key cannot be remembered in {Path}: {e.Clause()}. Nothing was sent. Run as the account that the minion runs as, or as root.",
                e);
        }
        finally
        {
            if (File.Exists(stagingPath))
            {
                File.Delete(stagingPath);
            }
        }
    }

    /// <summary>
    /// A key's fingerprint as Salt shows it (salt/utils/crypt.py, pem_finger, 3006.10): over the lines between the first and the last.
    /// </summary>
    /// <exception cref="MasterRequestException">The hash does not exist.</exception>
    internal static string Fingerprint(string pem, string hash)
    {
        var lines = CleanPem(pem).Split('\n').Where(line => line.Trim().Length > 0).ToArray();
        var text = string.Concat(lines.Skip(1).Take(lines.Length - 2).Select(line => line + "\n"));
        try
        {
            return BitConverter
                .ToString(DigestUtilities.CalculateDigest(hash, Encoding.ASCII.GetBytes(text)))
                .Replace('-', ':')
                .ToLowerInvariant();
        }
        catch (SecurityUtilityException e)
        {
            throw new MasterRequestException(
                MasterRequestReason.AlgorithmRefused,
                $"The hash_type {hash} of the minion's configuration is not known.",
                e
            );
        }
    }

    // As Salt compares keys (salt/crypt.py, clean_key, 3006.10): without white space around the text, lines that end in a line feed.
    private static string CleanPem(string pem) => string.Join("\n", pem.Trim().Split('\n').Select(line => line.TrimEnd('\r')));

    // Master and minion must agree about signing; of a remembered key too (salt/crypt.py, AsyncAuth.check_auth_deps, 3006.10).
    private static void CheckIsSigned(string? signature, string setting, string master)
    {
        if (signature is null)
        {
            throw NotTrusted(
                master,
                $"the master sends no signature of it, and {setting} in the minion's configuration demands one. Set master_sign_pubkey: True on the master"
            );
        }
    }

    private void CheckSignature(string signingKey, string pem, string signature, string master)
    {
        if (signingKey.Length == 0)
        {
            throw NotTrusted(
                master,
                "verify_master_pubkey_sign demands a signature of it, and master_sign_key_name in the minion's configuration names no key to verify it with"
            );
        }

        const string Help = "It is the master's signing key; copy it from the master (verify_master_pubkey_sign, master_sign_key_name).";
        using var signer =
            RsaKey.FromPem(
                KeyFile.Read(signingKey, MasterRequestReason.MinionKeyNotFound, MasterRequestReason.MinionKeyNotReadable, Help),
                isPrivate: false
            )
            ?? throw new MasterRequestException(
                MasterRequestReason.InvalidKey,
                $"The file {signingKey} does not hold an RSA public key in PEM of at most {RsaPem.MaxModulusBits} bits."
            );
        if (!signer.Verify(Encoding.UTF8.GetBytes(pem), FromBase64(signature), SaltAlgorithms.SigningHash(options.SigningAlgorithm)))
        {
            throw NotTrusted(master, $"the key in {signingKey} has not signed it (verify_master_pubkey_sign)");
        }
    }

    private static byte[] FromBase64(string text)
    {
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            return [];
        }
    }

    private static MasterRequestException NotTrusted(string master, string why) =>
        new(MasterRequestReason.MasterKeyNotTrusted, $"The key of the master at {master} is not trusted: {why}. Nothing was sent.");
}
