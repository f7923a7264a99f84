using System;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Org.BouncyCastle.Utilities;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Master;

/// <summary>
/// One sign-in of a minion at a master (salt/crypt.py, AsyncAuth.minion_sign_in_payload and handle_signin_response, and
/// salt/channel/server.py, ReqServerChannel._auth, 3006.10 and 3007.10).
/// </summary>
internal sealed class SignIn
{
    private const int NewestVersion = 3;
    private const int TokenBytes = 57;
    private readonly MasterRequests requests;
    private readonly MinionIdentity identity;
    private readonly MinionChannelOptions options;
    private readonly MasterKeyStore masterKeys;
    private readonly string encryptionHash;
    private readonly string signingHash;
    private readonly string nonce = NewNonce();
    private readonly byte[] token = NewToken();

    private SignIn(MasterRequests requests, MinionIdentity identity, MinionChannelOptions options)
    {
        this.requests = requests;
        this.identity = identity;
        this.options = options;
        masterKeys = new MasterKeyStore(options);
        encryptionHash = SaltAlgorithms.EncryptionHash(options.EncryptionAlgorithm);
        signingHash = SaltAlgorithms.SigningHash(options.SigningAlgorithm);
    }

    private string Master => requests.Master.ToString();

    /// <exception cref="MasterRequestException">The master refuses the minion, or cannot be trusted.</exception>
    public static Task<MinionSession> RunAsync(
        MasterRequests requests,
        MinionIdentity identity,
        MinionChannelOptions options,
        CancellationToken token
    ) => new SignIn(requests, identity, options).RunAsync(token);

    /// <summary>32 hex digits that cannot be guessed.</summary>
    public static string NewNonce() => BitConverter.ToString(RandomBytes(16)).Replace("-", string.Empty).ToLowerInvariant();

    private static byte[] NewToken() => Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomBytes(TokenBytes)));

    private static byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        using var random = RandomNumberGenerator.Create();
        random.GetBytes(bytes);
        return bytes;
    }

    private async Task<MinionSession> RunAsync(CancellationToken cancel)
    {
        using var known = masterKeys.Load();
        var (session, isNewKey, pem) = await requests
            .AskAsync(() => BuildRequest(known), answer => Accept(answer, known), "The event was not sent.", cancel)
            .ConfigureAwait(false);
        try
        {
            if (isNewKey)
            {
                masterKeys.Save(pem, replaces: known is not null);
            }

            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private PayloadMap BuildRequest(RsaKey? known)
    {
        var load = new PayloadMap
        {
            { "cmd", "_auth" },
            { "id", identity.Id },
            { "nonce", nonce },
            { "enc_algo", options.EncryptionAlgorithm },
            { "sig_algo", options.SigningAlgorithm },
            { "pub", identity.PublicPem },
        };
        // Without it, as Salt does, if the key is too short: the signature of the answer proves its origin.
        if (known?.Encrypt(token, encryptionHash) is { } sealedToken)
        {
            load.Add("token", sealedToken);
        }

        return new PayloadMap { { "enc", "clear" }, { "version", options.ProtocolVersion ?? NewestVersion }, { "load", load } };
    }

    private (MinionSession Session, bool IsNewKey, string Pem) Accept(object? answer, RsaKey? known)
    {
        var content = OpenAnswer(answer, out var signed, out var signature);
        if (MessageValues.Text(content["pub_key"]) is not { } pem)
        {
            if (known is not null)
            {
                CheckSignature(
                    known,
                    signed,
                    signature,
                    $"it is not signed with the key in {masterKeys.Path}, which the minion remembers as its master's"
                );
            }

            CheckNonce(content);
            throw Refused(content["ret"]);
        }

        using var offered =
            MasterKeyStore.Offered(pem)
            ?? throw Tampered($"the master's key in it is not an RSA public key of at most {RsaPem.MaxModulusBits} bits");
        var publicSignature = content.TryGetValue("pub_sig", out var value) ? MessageValues.Text(value) ?? string.Empty : null;
        masterKeys.Check(known, offered, pem, publicSignature, Master);
        CheckSignature(offered, signed, signature, $"it is not signed with the master's key in {options.SigningAlgorithm}");
        CheckNonce(content);
        return (OpenSession(content, offered, isKnown: known is not null), known is null || !known.Equals(offered), pem);
    }

    private PayloadMap OpenAnswer(object? answer, out byte[] signed, out byte[] signature)
    {
        if (answer is "bad load")
        {
            throw new MasterRequestException(
                MasterRequestReason.ProtocolRefused,
                $"The master at {Master} refused the sign-in: it does not accept protocol version {options.ProtocolVersion ?? NewestVersion} (see minimum_auth_version in its configuration). The event was not sent."
            );
        }

        if (answer is not PayloadMap map)
        {
            throw requests.Unexpected(answer);
        }

        if (map["load"] is PayloadMap plain && plain["ret"] is string ret && ret.StartsWith("bad ", StringComparison.Ordinal))
        {
            throw new MasterRequestException(
                MasterRequestReason.AlgorithmRefused,
                $"The master at {Master} does not accept {(ret == "bad enc algo" ? "the encryption_algorithm " + options.EncryptionAlgorithm : "the signing_algorithm " + options.SigningAlgorithm)}."
            );
        }

        if (IsOfOldMaster(map))
        {
            throw NotSigned(map);
        }

        signed = MessageValues.Bytes(map["load"]) ?? throw Tampered("it is not signed");
        signature = MessageValues.Bytes(map["sig"]) ?? throw Tampered("it is not signed");
        return MessageValues.TryDecode(signed) as PayloadMap ?? throw requests.Unexpected(null);
    }

    // Masters sign since 3002.8, 3003.4 and 3004.1. The answer of older ones is in the message itself, and a refusal is a map under
    // "load" (salt/transport/mixins/auth.py, AESReqServerMixin._auth, 3001.8; salt/master.py, ClearFuncs._auth, 0.17.5).
    private static bool IsOfOldMaster(PayloadMap answer) =>
        answer.TryGetValue("load", out var load)
            ? load is PayloadMap refusal && refusal.TryGetValue("ret", out _)
            : answer.TryGetValue("aes", out _) && answer.TryGetValue("pub_key", out _);

    private void CheckSignature(RsaKey master, byte[] signed, byte[] signature, string otherwise)
    {
        if (!master.Verify(signed, signature, signingHash))
        {
            throw Tampered(otherwise);
        }
    }

    private void CheckNonce(PayloadMap content)
    {
        if (
            content["nonce"] is not string returned
            || !Arrays.FixedTimeEquals(Encoding.UTF8.GetBytes(returned), Encoding.ASCII.GetBytes(nonce))
        )
        {
            throw new MasterRequestException(
                MasterRequestReason.AnswerReplayed,
                $"The answer of the master at {Master} to the sign-in belongs to another sign-in: somebody may have intercepted and replayed it. Nothing was sent."
            );
        }
    }

    private MinionSession OpenSession(PayloadMap content, RsaKey master, bool isKnown)
    {
        var aes = Decrypt(content["aes"]);
        using var sha = SHA256.Create();
        var digest = Encoding.ASCII.GetBytes(BitConverter.ToString(sha.ComputeHash(aes)).Replace("-", string.Empty).ToLowerInvariant());
        if (MessageValues.Bytes(content["sig"]) is not { } signature || !master.VerifyX931(digest, signature))
        {
            throw Tampered("the master has not signed its key");
        }

        if (isKnown && content.TryGetValue("token", out var returned) && !Arrays.FixedTimeEquals(Decrypt(returned), token))
        {
            throw Tampered("the master could not read the token");
        }

        // A master that has protocol version 3 gives a key for this minion only; its answer is signed, so the key cannot be removed on the
        // way.
        var hasNewest = content.TryGetValue("session", out var own);
        if (!hasNewest && options.ProtocolVersion == NewestVersion)
        {
            throw new MasterRequestException(
                MasterRequestReason.ProtocolRefused,
                $"The master at {Master} has only protocol version 2 (3 came with Salt 3006.12 and 3007.4). Nothing was sent."
            );
        }

        var useNewest = hasNewest && options.ProtocolVersion is null or NewestVersion;
        return new MinionSession(
            useNewest ? NewestVersion : NewestVersion - 1,
            Crypticle.FromKeyText(useNewest ? Decrypt(own) : aes) ?? throw requests.Unexpected(null));
    }

    private byte[] Decrypt(object? value) => (MessageValues.Bytes(value) is { } bytes ? identity.Key.Decrypt(bytes, encryptionHash) : null)
        ?? throw Tampered("a key in it is not encrypted to this minion. Do minion.pem and minion.pub belong together?");

    private MasterRequestException Refused(object? ret) =>
        ret switch
        {
            true => new MasterRequestException(
                MasterRequestReason.KeyPending,
                $"The master at {Master} has not accepted the key of the minion {identity.Id} yet. Accept it there: salt-key -a {identity.Id}"
            ),
            false => new MasterRequestException(
                MasterRequestReason.KeyRejected,
                $"The master at {Master} has rejected the key of the minion {identity.Id}, or knows another one for it. Check there with: salt-key -L"
            ),
            "full" => new MasterRequestException(
                MasterRequestReason.MasterFull,
                $"The master at {Master} accepts no more minions (max_minions in its configuration)."
            ),
            _ => requests.Unexpected(null),
        };

    // Anybody who intercepts the connection can make such an answer, so the error does not state that the master is old.
    private MasterRequestException NotSigned(PayloadMap answer)
    {
        var claim = (answer["load"] as PayloadMap)?["ret"] switch
        {
            true => " It says that the master has not accepted the minion's key yet.",
            false => " It says that the master has rejected the minion's key, or knows another one for it.",
            _ => string.Empty,
        };
        return new MasterRequestException(
            MasterRequestReason.AnswerNotSigned,
            $"The answer of the master at {Master} to the sign-in is not signed, as with masters before Salt 3002.8, 3003.4 and 3004.1, so it cannot be verified that the answer is the master's.{claim} Nothing was sent. If the master is that old, fire through the minion's daemon, without -Direct, or update the master; if it is newer, somebody who intercepts the connection may have made this answer."
        );
    }

    private MasterRequestException Tampered(string why) =>
        new(
            MasterRequestReason.AnswerTampered,
            $"The answer of the master at {Master} to the sign-in cannot be trusted: {why}. Nothing was sent."
        );
}
