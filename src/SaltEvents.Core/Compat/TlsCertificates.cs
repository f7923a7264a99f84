#if !NETFRAMEWORK
using System;
using System.IO;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SaltEvents.Core.Master;

namespace SaltEvents.Core.Compat;

/// <summary>The certificates of a master's <c>ssl</c>; .NET Framework cannot use them with a WebSocket.</summary>
internal sealed class TlsCertificates
{
    private readonly MasterTls tls;
    private readonly X509Certificate2Collection trusted = [];

    /// <summary>Reads the files.</summary>
    /// <exception cref="MasterRequestException">One cannot be read, or holds no certificate or key.</exception>
    public TlsCertificates(MasterTls tls)
    {
        this.tls = tls;
        Read(tls.TrustedPath, "ca_certs", trusted.ImportFromPemFile);
        Read(tls.CertificatePath, "certfile", path =>
        {
            using var pem = X509Certificate2.CreateFromPemFile(path, tls.KeyPath ?? path);
            // Windows takes a key for TLS only from a store or a PKCS #12.
#pragma warning disable SYSLIB0057 // The loader that replaces it came with .NET 9.
            Own.Add(new X509Certificate2(pem.Export(X509ContentType.Pkcs12)));
#pragma warning restore SYSLIB0057
        });
    }

    /// <summary>This side's own certificate, if it has one.</summary>
    public X509Certificate2Collection Own { get; } = [];

    /// <summary>Whether the master's certificate is taken.</summary>
    public bool Check(X509Certificate? certificate, SslPolicyErrors errors)
    {
        if (!tls.Verifies || errors == SslPolicyErrors.None)
        {
            return true;
        }

        if (certificate is null || trusted.Count == 0 || errors != SslPolicyErrors.RemoteCertificateChainErrors)
        {
            return false;
        }

        using var chain = new X509Chain();
        using var shown = new X509Certificate2(certificate);
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(trusted);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // as Python's ssl module
        return chain.Build(shown);
    }

    private static void Read(string? path, string setting, Action<string> read)
    {
        try
        {
            if (path is not null)
            {
                read(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new MasterRequestException(
                MasterRequestReason.InvalidKey,
                $"The file {path}, {setting} of ssl in Salt's configuration, cannot be used: {e.Clause()}.",
                e
            );
        }
    }
}
#endif
