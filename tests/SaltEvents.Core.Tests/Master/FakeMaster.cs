using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Tasks;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Master;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Tests.Master;

/// <summary>
/// Plays the request server of a Salt master: publishes jobs, signs minions in, and takes their events, as Salt 3006.10
/// (version 2) or 3007.10 (version 3) does. A test changes single answers.
/// </summary>
internal sealed class FakeMaster : IAsyncDisposable
{
    private readonly FakeMasterServer server;

    public FakeMaster(MasterTransport transport)
    {
        Transport = transport;
        server = FakeMasterServer.Open(transport, bytes => Pack(Answer((PayloadMap)PayloadDecoder.Decode(bytes)!)));
    }

    public TcpBusAddress Address => server.Address;

    public MasterTransport Transport { get; }

    public RSA Key { get; set; } = TestKeys.Master;

    /// <summary>The user's key that it knows.</summary>
    public string UserKey { get; set; } = "the-key-of-root";

    /// <summary>The minions that it knows.</summary>
    public string[] Minions { get; set; } = ["web1", "web2"];

    public int NewestVersion { get; set; } = 3;

    public int MinimumVersion { get; set; }

    /// <summary>What a sign-in answers instead of accepting: true, false, "full".</summary>
    public object? SignInResult { get; set; }

    /// <summary>Changes the answer to a sign-in before it is signed.</summary>
    public Action<PayloadMap> ChangeSignIn { get; set; } = _ => { };

    /// <summary>Changes an answer on its way.</summary>
    public Func<object?, object?> ChangeAnswer { get; set; } = answer => answer;

    /// <summary>The answer to an event; nil is Salt's.</summary>
    public object? EventAnswer { get; set; }

    /// <summary>The key shared with all minions, and the one with this minion.</summary>
    public Seal Aes { get; set; } = new();

    public Seal Session { get; set; } = new();

    /// <summary>The questions that came, opened.</summary>
    public List<PayloadMap> Questions { get; } = [];

    public IEnumerable<PayloadMap> Events => Loads("_minion_event");

    public IEnumerable<PayloadMap> Loads(string command) =>
        Questions.Select(q => q["load"]).OfType<PayloadMap>().Where(l => command.Equals(l["cmd"]));

    public static string Pem(RSA key) => key.ExportSubjectPublicKeyInfoPem();

    /// <summary>The silence of a master that does not answer.</summary>
    public static object? Silence { get; } = new();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    public static byte[]? Pack(object? value)
    {
        if (ReferenceEquals(value, Silence))
        {
            return null;
        }

        var output = new ByteBuffer();
        PayloadEncoder.Write(output, value);
        return output.ToArray();
    }

    private object? Answer(PayloadMap question)
    {
        lock (Questions)
        {
            var version = (long)question["version"]!;
            if (version < MinimumVersion)
            {
                return ChangeAnswer("bad load");
            }

            var load = question["load"] as PayloadMap;
            if (load is null)
            {
                load = Open(question);
                if (load is null)
                {
                    return ChangeAnswer("bad load");
                }

                question.Set("load", load);
            }

            Questions.Add(question);
            return ChangeAnswer(load["cmd"] switch
            {
                "publish" => Publish(load),
                "_auth" => SignIn(load),
                _ => TakeEvent(question, load),
            });
        }
    }

    private PayloadMap? Open(PayloadMap question)
    {
        var isNew = (long)question["version"]! > 2;
        var opened = (isNew ? Session : Aes).Open((byte[])question["load"]!);
        var load = opened is null ? null : (PayloadMap)PayloadDecoder.Decode(opened)!;
        return load is not null && isNew && (!Equals(question["id"], load["id"]) || load["ts"] is not long) ? null : load;
    }

    private object Publish(PayloadMap load)
    {
        if (!UserKey.Equals(load["key"]))
        {
            return new PayloadMap
            {
                {
                    "error",
                    new PayloadMap { { "name", "AuthenticationError" }, { "message", "Authentication error occurred." } }
                },
            };
        }

        var minions = load["tgt"] switch
        {
            object?[] list => Minions.Intersect(list.OfType<string>()).ToArray(),
            string pattern => Minions
                .Where(id => new TagMatcher(pattern, SaltTagMatch.FnMatch).IsMatch(Encoding.UTF8.GetBytes(id)))
                .ToArray(),
            _ => [],
        };
        var missing = (load["tgt"] as object?[])?.OfType<string>().Except(Minions).ToArray() ?? [];
        return Clear(minions.Length > 0
            ? new PayloadMap { { "jid", "20261124120000000001" }, { "minions", minions }, { "missing", missing } }
            : new PayloadMap { { "jid", null }, { "minions", minions }, { "error", "Master could not resolve minions for target" } });
    }

    private PayloadMap SignIn(PayloadMap load)
    {
        if (SignInResult is string and not "full")
        {
            return Clear(new PayloadMap { { "ret", SignInResult } });
        }

        var encryption = load["enc_algo"] is "OAEP-SHA1" ? "SHA1" : "SHA224";
        using var minion = RsaKey.FromPem((string)load["pub"]!, isPrivate: false)!;
        using var own = RsaKey.FromPem(Key.ExportRSAPrivateKeyPem(), isPrivate: true)!;
        var content = SignInResult is { } result
            ? new PayloadMap { { "ret", result } }
            : new PayloadMap
            {
                { "enc", "pub" },
                { "pub_key", Pem(Key) },
                { "publish_port", 4505 },
                { "aes", minion.Encrypt(Encoding.ASCII.GetBytes(Aes.KeyText), encryption) },
                {
                    "sig",
                    own.SignX931(Encoding.ASCII.GetBytes(KeyDigest()))!
                },
            };
        if (SignInResult is null && NewestVersion > 2)
        {
            content.Add("session", minion.Encrypt(Encoding.ASCII.GetBytes(Session.KeyText), encryption));
        }

        if (SignInResult is null && load["token"] is byte[] token && own.Decrypt(token, encryption) is { } clear)
        {
            content.Add("token", minion.Encrypt(clear, encryption));
        }

        content.Add("nonce", load["nonce"]);
        ChangeSignIn(content);
        var packed = Pack(content)!;
        return new PayloadMap { { "enc", "clear" }, { "load", packed }, { "sig", Sign(packed, load["sig_algo"]) } };
    }

    private byte[] Sign(byte[] packed, object? algorithm)
    {
        if (algorithm is "PKCS1v15-SHA1")
        {
            return Key.SignData(packed, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1);
        }

        var signer = new Org.BouncyCastle.Crypto.Signers.RsaDigestSigner(SaltAlgorithms.Digest("SHA224"));
        signer.Init(true, Org.BouncyCastle.Security.DotNetUtilities.GetRsaKeyPair(Key).Private);
        signer.BlockUpdate(packed, 0, packed.Length);
        return signer.GenerateSignature();
    }

    private byte[] TakeEvent(PayloadMap question, PayloadMap load) =>
        ((long)question["version"]! > 2 ? Session : Aes).Close(Pack(EventAnswer)!, (string)load["nonce"]!);

    private string KeyDigest() => Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(Aes.KeyText))).ToLowerInvariant();

    private static PayloadMap Clear(PayloadMap load) => new() { { "enc", "clear" }, { "load", load } };
}
