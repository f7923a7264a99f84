using System;
using System.Globalization;
using System.Linq;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace SaltEvents.Core.Transport;

/// <summary>Checks the certificate of a server, and describes what was wrong with the last one.</summary>
internal sealed class ServerCertificate(Uri server, bool takesAny)
{
    private volatile string? problem;
    private volatile string? description;

    /// <summary>What is wrong with it and what to do; null if nothing is wrong, or if there was no certificate.</summary>
    public string? Problem => problem;

    /// <summary>The connection in words.</summary>
    public string Describe() => server.Scheme == Uri.UriSchemeHttp ? "none: plain http" : description ?? "encrypted";

    /// <summary>Whether the certificate is taken.</summary>
    public bool Check(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var found = certificate is null || errors == SslPolicyErrors.None ? null : Explain(certificate, chain, errors);
        problem = found;
        description = certificate is null
            ? null
            : $"certificate of {Name(certificate.Subject)} {(takesAny ? "not checked" : "trusted")}, valid until {Date(certificate.GetExpirationDateString())}";
        return takesAny || errors == SslPolicyErrors.None;
    }

    private string Explain(X509Certificate certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return $"its certificate is for {Name(certificate.Subject)}, not for {server.Host}. Give -Uri the name in the certificate";
        }

        var states =
            chain?.ChainStatus.Select(s => s.Status).Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one)
            ?? X509ChainStatusFlags.NoError;
        if (states.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            return $"its certificate is valid from {Date(certificate.GetEffectiveDateString())} to {Date(certificate.GetExpirationDateString())} only. Renew it on the server, or set this computer's clock";
        }

        if (states.HasFlag(X509ChainStatusFlags.Revoked))
        {
            return "its certificate was revoked. Renew it on the server";
        }

        return (states & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0
            ? $"its certificate is from {Name(certificate.Issuer)}, which this computer does not trust. Trust that issuer here"
            : $"its certificate is not trusted ({string.Join(", ", chain?.ChainStatus.Select(s => s.Status.ToString()).Distinct() ?? [errors.ToString()])}). Trust it on this computer";
    }

    private static string Name(string distinguished) => Compat.DisplayText.OneLine(distinguished);

    // .NET returns it in the current culture.
    private static string Date(string text) =>
        DateTime.TryParse(text, CultureInfo.CurrentCulture, DateTimeStyles.None, out var time)
            ? time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : text;
}
