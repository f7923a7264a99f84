using System;
using System.Collections.Generic;
using System.Linq;
using System.Security;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Nats;

/// <summary>Which NATS servers to use and as whom. Immutable; change a copy with <c>with</c>.</summary>
public sealed record NatsBusOptions
{
    /// <summary>The port of a NATS server if an address has none.</summary>
    public const int DefaultPort = 4222;

    /// <summary>The servers of one cluster: nats://host:port, or tls://host:port where TLS is required. Any of them will do.</summary>
    public required IReadOnlyList<Uri> Servers { get; init; }

    /// <summary>The JetStream stream that keeps the events. Default SALT.</summary>
    public string Stream { get; init; } = "SALT";

    /// <summary>The user; null if there is none.</summary>
    public string? UserName { get; init; }

    /// <summary>The user's password.</summary>
    public SecureString? Password { get; init; }

    /// <summary>A token in place of user and password.</summary>
    public SecureString? Token { get; init; }

    /// <summary>A file with an nkey's seed.</summary>
    public string? NKeyFile { get; init; }

    /// <summary>A credentials file: a user's JWT and the seed of its nkey, as nsc writes it.</summary>
    public string? CredentialFile { get; init; }

    /// <summary>Whether any certificate is taken.</summary>
    public bool SkipsCertificateCheck { get; init; }

    /// <summary>Whether passwords and events may go unencrypted to another computer.</summary>
    public bool AllowsUnencrypted { get; init; }

    /// <summary>How long connecting, and each answer, may take. Default 5 s.</summary>
    public TimeSpan Timeout { get; init => field = Require.Wait(value); } = TimeSpan.FromSeconds(5);

    /// <summary>Whether the connection must be encrypted: to another computer, or if an address has tls://.</summary>
    public bool RequiresTls => Servers.Any(s => s.Scheme == "tls") || (!AllowsUnencrypted && Servers.Any(s => !s.IsLoopback));

    /// <summary>The servers in one text.</summary>
    public string ServerList =>
        Servers[0].Scheme + "://" + string.Join(",", Servers.Select(s => $"{s.Host}:{(s.Port > 0 ? s.Port : DefaultPort)}"));
}
