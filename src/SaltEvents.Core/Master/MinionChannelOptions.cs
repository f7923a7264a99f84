using System;
using System.Collections.Generic;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Master;

/// <summary>Who a minion is, and how it reaches its masters without its daemon. Immutable; change a copy with <c>with</c>.</summary>
public sealed record MinionChannelOptions
{
    /// <summary>Options for a minion; the rest has defaults.</summary>
    /// <param name="minionId">The minion's id, the setting <c>id</c>.</param>
    public MinionChannelOptions(string minionId) => MinionId = minionId ?? throw new ArgumentNullException(nameof(minionId));

    /// <summary>The minion's id.</summary>
    public string MinionId { get; init; }

    /// <summary>The request servers, <c>master</c> and <c>master_port</c>. Default salt:4506, as in Salt.</summary>
    public IReadOnlyList<TcpBusAddress> Masters { get; init; } = [new("salt", MasterChannelOptions.DefaultPort)];

    /// <summary>
    /// Whether one master is enough, <c>master_type: failover</c> or <c>distributed</c>: the next one is tried only if the one before has
    /// not taken the event. Default false.
    /// </summary>
    public bool IsFailover { get; init; }

    /// <summary>The setting <c>transport</c>. Default zeromq.</summary>
    public MasterTransport Transport { get; init; } = MasterTransport.ZeroMq;

    /// <summary>TLS, with <see cref="MasterTransport.WebSocket"/> only; null for none. Default null.</summary>
    public MasterTls? Tls { get; init; }

    /// <summary>The directory of the keys, the setting <c>pki_dir</c>. Default /etc/salt/pki/minion.</summary>
    public string PkiDirectory { get; init; } = "/etc/salt/pki/minion";

    /// <summary>The protocol version, 2 or 3; null for 3, and 2 with a master that has no 3. Default null.</summary>
    public int? ProtocolVersion { get; init; }

    /// <summary>The setting <c>encryption_algorithm</c>. Default OAEP-SHA1.</summary>
    public string EncryptionAlgorithm { get; init; } = "OAEP-SHA1";

    /// <summary>The setting <c>signing_algorithm</c>. Default PKCS1v15-SHA1.</summary>
    public string SigningAlgorithm { get; init; } = "PKCS1v15-SHA1";

    /// <summary>
    /// The setting <c>master_finger</c>: the fingerprint that the master's key must have, aa:bb:..; empty for any. Default empty.
    /// </summary>
    public string MasterFingerprint { get; init; } = string.Empty;

    /// <summary>The hash of that fingerprint, the setting <c>hash_type</c>. Default sha256.</summary>
    public string FingerprintHash { get; init; } = "sha256";

    /// <summary>
    /// The settings <c>verify_master_pubkey_sign</c> and <c>master_sign_key_name</c>: the file of the key that must have signed the
    /// master's key; empty if the configuration names none, so that no master is trusted; null if none must. A master that signs is not
    /// trusted then. Default null.
    /// </summary>
    public string? MasterSigningKeyPath { get; init; }

    /// <summary>
    /// The setting <c>always_verify_signature</c>: whether that key must have signed a remembered key too. Where
    /// <see cref="MasterSigningKeyPath"/> is null, a remembered key is not trusted, as in Salt. Default false.
    /// </summary>
    public bool AlwaysVerifiesMasterKey { get; init; }

    /// <summary>How long a master may take for one answer. Default 5 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);
}
