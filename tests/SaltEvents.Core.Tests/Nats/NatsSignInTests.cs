using System;
using System.IO;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using NATS.NKeys;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Nats;
using SaltEvents.Core.Nats.JetStream;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Tests;
using Xunit;

namespace SaltEvents.Core.Tests.Nats;

public sealed class NatsSignInTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [NeedsFact(What = NatsServer.Needs)]
    public async Task A_token_and_an_nkey_sign_in()
    {
        using (var server = NatsServer.Start("authorization { token: \"tok-secret\" }"))
        {
            await ConnectAsync(
                new NatsBusOptions { Servers = [server.Uri], Token = new NetworkCredential(string.Empty, "tok-secret").SecurePassword }
            );
        }

        using var user = KeyPair.CreatePair(PrefixByte.User);
        using var stranger = KeyPair.CreatePair(PrefixByte.User);
        using var withKeys = NatsServer.Start($"authorization {{ users: [ {{ nkey: {user.GetPublicKey()} }} ] }}");
        await ConnectAsync(new NatsBusOptions { Servers = [withKeys.Uri], NKeyFile = Write("user.nk", user.GetSeed()) });
        var error = await Assert.ThrowsAsync<NatsBusException>(() =>
            ConnectAsync(new NatsBusOptions { Servers = [withKeys.Uri], NKeyFile = Write("stranger.nk", stranger.GetSeed()) })
        );
        Assert.Equal(NatsBusReason.AuthenticationFailed, error.Reason);
        Assert.DoesNotContain(stranger.GetSeed(), error.ToString(), StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<NatsBusException>(() =>
            ConnectAsync(new NatsBusOptions { Servers = [withKeys.Uri], NKeyFile = Write("broken.nk", "no key") })
        );
        Assert.Equal(NatsBusReason.KeyFileInvalid, error.Reason);
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task A_credentials_file_signs_in()
    {
        using var operatorKey = KeyPair.CreatePair(PrefixByte.Operator);
        using var account = KeyPair.CreatePair(PrefixByte.Account);
        using var user = KeyPair.CreatePair(PrefixByte.User);
        var operatorJwt = Sign(operatorKey, operatorKey.GetPublicKey(), "operator", new { type = "operator", version = 2 });
        var accountJwt = Sign(
            operatorKey,
            account.GetPublicKey(),
            "account",
            new
            {
                type = "account",
                version = 2,
                limits = new
                {
                    subs = -1,
                    data = -1,
                    payload = -1,
                    imports = -1,
                    exports = -1,
                    wildcards = true,
                    conn = -1,
                    leaf = -1,
                },
            }
        );
        var userJwt = Sign(
            account,
            user.GetPublicKey(),
            "user",
            new
            {
                type = "user",
                version = 2,
                subs = -1,
                data = -1,
                payload = -1,
            }
        );
        using var server = NatsServer.Start(
            $"operator: {operatorJwt}\nresolver: MEMORY\nresolver_preload: {{ {account.GetPublicKey()}: {accountJwt} }}",
            jetStream: false
        );
        var path = Write(
            "user.creds",
            $"-----BEGIN NATS USER JWT-----\n{userJwt}\n------END NATS USER JWT------\n\n-----BEGIN USER NKEY SEED-----\n{user.GetSeed()}\n------END USER NKEY SEED------\n"
        );
        await ConnectAsync(new NatsBusOptions { Servers = [server.Uri], CredentialFile = path });
        Assert.Equal(
            NatsBusReason.AuthenticationFailed,
            (await Assert.ThrowsAsync<NatsBusException>(() => ConnectAsync(new NatsBusOptions { Servers = [server.Uri] }))).Reason
        );
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task TLS_is_checked()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var (certificateFile, keyFile) = (
            Write("server.pem", certificate.ExportCertificatePem()),
            Write("server.key", key.ExportPkcs8PrivateKeyPem())
        );
        using var server = NatsServer.Start($"tls {{ cert_file: \"{certificateFile}\", key_file: \"{keyFile}\" }}");
        var options = new NatsBusOptions { Servers = [server.Uri] };
        var untrusted = await Assert.ThrowsAsync<NatsBusException>(() => ConnectAsync(options));
        Assert.Equal(NatsBusReason.TlsFailed, untrusted.Reason);
        Assert.Contains("is for CN=localhost, not for 127.0.0.1", untrusted.Message, StringComparison.Ordinal);
        Assert.Contains("or give -SkipCertificateCheck", untrusted.Message, StringComparison.Ordinal);
        await ConnectAsync(options with { SkipsCertificateCheck = true });

        using var plain = NatsServer.Start();
        var required = new NatsBusOptions { Servers = [new Uri($"tls://127.0.0.1:{plain.Port}")] };
        var none = await Assert.ThrowsAsync<NatsBusException>(() => ConnectAsync(required));
        Assert.Equal(NatsBusReason.TlsFailed, none.Reason);
        Assert.Contains("has no TLS, which the scheme tls requires", none.Message, StringComparison.Ordinal);
        var away = required with { Servers = [new Uri("nats://no-such-host.invalid"), new Uri($"nats://127.0.0.1:{plain.Port}")] };
        Assert.Contains(
            "give -AllowUnencryptedAuthentication",
            (await Assert.ThrowsAsync<NatsBusException>(() => ConnectAsync(away))).Message,
            StringComparison.Ordinal
        );
        Assert.True(new NatsBusOptions { Servers = [new Uri("nats://elsewhere")] }.RequiresTls);
        Assert.False(new NatsBusOptions { Servers = [new Uri("nats://elsewhere")], AllowsUnencrypted = true }.RequiresTls);
    }

    [NeedsTheory(What = NatsServer.Needs)]
    [InlineData(-9, -2, "is valid from")]
    [InlineData(-1, 1, "which this computer does not trust")]
    public async Task A_certificate_that_is_not_taken_is_described(int from, int to, string words)
    {
        using var key = RSA.Create(2048);
        using var server = NatsServer.Start($"tls {{ {Certificate(key, from, to)} }}");
        var error = await Assert.ThrowsAsync<NatsBusException>(() => ConnectAsync(new NatsBusOptions { Servers = [server.Uri] }));
        Assert.Equal(NatsBusReason.TlsFailed, error.Reason);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nats://127.0.0.1:4333", false, "192.0.2.1", "127.0.0.1:4333")]
    [InlineData("nats://localhost", false, "2001:db8::1", "localhost:4222")]
    [InlineData("nats://127.0.0.1:4333", false, "127.0.0.2", "127.0.0.2:4222")]
    [InlineData("nats://127.0.0.1:4333", true, "192.0.2.1", "192.0.2.1:4222")]
    [InlineData("tls://127.0.0.1:4333", false, "192.0.2.1", "192.0.2.1:4222")]
    [InlineData("nats://192.0.2.9", false, "192.0.2.1", "192.0.2.1:4222")] // needs TLS
    public async Task Another_computer_that_a_server_names_is_used_only_with_TLS(string given, bool allows, string named, string chosen)
    {
        await using var bus = (NatsBus)NatsClients.Create(new NatsBusOptions { Servers = [new Uri(given)], AllowsUnencrypted = allows });
        var (host, port) = await bus.Connection.OnConnectingAsync!((named, 4222));
        Assert.Equal(chosen, $"{host}:{port}");
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task A_server_that_requires_a_client_certificate_is_reported_as_such()
    {
        using var key = RSA.Create(2048);
        var certificate = Certificate(key, -1, 1);
        using var server = NatsServer.Start($"tls {{ {certificate}, {certificate.Split(", ")[0].Replace("cert_file", "ca_file", StringComparison.Ordinal)}, verify: true }}");
        var error = await Assert.ThrowsAsync<NatsBusException>(() =>
            ConnectAsync(new NatsBusOptions { Servers = [server.Uri], SkipsCertificateCheck = true })
        );
        Assert.Equal(NatsBusReason.TlsFailed, error.Reason);
        Assert.Contains("requires a certificate of the client", error.Message, StringComparison.Ordinal);
    }

    // The settings of a certificate for 127.0.0.1 that is valid between two days from now.
    private string Certificate(RSA key, int from, int to)
    {
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(from), DateTimeOffset.UtcNow.AddDays(to));
        return $"cert_file: \"{Write("server.pem", certificate.ExportCertificatePem())}\", key_file: \"{Write("server.key", key.ExportPkcs8PrivateKeyPem())}\"";
    }

    private static async Task ConnectAsync(NatsBusOptions options)
    {
        await using var bus = NatsClients.Create(options);
        await bus.ConnectAsync();
    }

    // A token of NATS (nats-io/jwt, version 2), as nsc makes it.
    private static string Sign(KeyPair issuer, string subject, string name, object nats)
    {
        var claims = JsonSerializer.Serialize(
            new
            {
                jti = "ID",
                iat = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
                iss = issuer.GetPublicKey(),
                name,
                sub = subject,
                nats,
            }
        );
        var signed = $"{Encode("{\"typ\":\"JWT\",\"alg\":\"ed25519-nkey\"}"u8)}.{Encode(Encoding.UTF8.GetBytes(claims))}";
        var signature = new byte[64];
        issuer.Sign(Encoding.ASCII.GetBytes(signed), signature);
        return $"{signed}.{Encode(signature)}";
    }

    private static string Encode(ReadOnlySpan<byte> bytes) =>
        Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_'); // base64url

    private string Write(string name, string text)
    {
        var path = directory.In(name);
        File.WriteAllText(path, text);
        return path;
    }
}
