namespace SaltEvents.Core.Master;

/// <summary>
/// TLS with a master's request server: the setting <c>ssl</c> with <c>transport: ws</c>. Salt gives it to Python's ssl module
/// (salt/transport/ws.py, RequestClient.connect, 3007.8). Immutable.
/// </summary>
public sealed record MasterTls
{
    /// <summary>
    /// Whether the master's certificate is checked, and that it is for the address: all of <c>cert_reqs</c> but CERT_NONE. Default true.
    /// </summary>
    public bool Verifies { get; init; } = true;

    /// <summary>The file with the certificates to trust, <c>ca_certs</c>; null for those that this computer trusts.</summary>
    public string? TrustedPath { get; init; }

    /// <summary>The file with this side's own certificate, <c>certfile</c>; null for none.</summary>
    public string? CertificatePath { get; init; }

    /// <summary>The file with its key, <c>keyfile</c>; null if it is in the same file.</summary>
    public string? KeyPath { get; init; }
}
