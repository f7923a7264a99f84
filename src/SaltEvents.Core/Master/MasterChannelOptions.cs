using System;
using System.Collections.Generic;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Master;

/// <summary>How to reach the request server of the master on this host. Immutable; change a copy with <c>with</c>.</summary>
public sealed record MasterChannelOptions
{
    /// <summary>
    /// The default port of a master's request server, <c>ret_port</c> and <c>master_port</c> (salt/config/__init__.py, 3006.10).
    /// </summary>
    public const int DefaultPort = 4506;

    /// <summary>The default of <c>syndic_wait</c>: 5 s (salt/config/__init__.py, 3006.10).</summary>
    public static readonly TimeSpan DefaultSyndicWait = TimeSpan.FromSeconds(5);

    /// <summary>The defaults.</summary>
    public static MasterChannelOptions Default { get; } = new();

    /// <summary>The request server: <c>interface</c> and <c>ret_port</c>. Default 127.0.0.1:4506.</summary>
    public TcpBusAddress Address { get; init; } = new(TcpBusAddress.Loopback, DefaultPort);

    /// <summary>The setting <c>transport</c>. Default zeromq.</summary>
    public MasterTransport Transport { get; init; } = MasterTransport.ZeroMq;

    /// <summary>TLS, with <see cref="MasterTransport.WebSocket"/> only; null for none. Default null.</summary>
    public MasterTls? Tls { get; init; }

    /// <summary>
    /// The account whose key file is read: the one that the master runs as, the setting <c>user</c>, or one in <c>publisher_acl</c>.
    /// Default root.
    /// </summary>
    public string User { get; init; } = "root";

    /// <summary>The user name sent to the master, which its access lists use. Null for <see cref="User"/>. Default null.</summary>
    public string? Requester { get; init; }

    /// <summary>The master's <c>cachedir</c>, which holds its key file. Default /var/cache/salt/master.</summary>
    public string CacheDirectory { get; init; } = "/var/cache/salt/master";

    /// <summary>
    /// The setting <c>nodegroups</c>: the words of each group; a list of minions has no and, or, not among them. Default none.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Nodegroups { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>
    /// How long the syndics of a master of masters may take to name the minions behind them: the setting <c>syndic_wait</c> where
    /// <c>order_masters</c> is set; zero for a master without syndics. Default zero.
    /// </summary>
    public TimeSpan SyndicWait { get; init; }

    /// <summary>How long the master may take to answer. Default 5 s, as the <c>salt</c> command.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);
}
