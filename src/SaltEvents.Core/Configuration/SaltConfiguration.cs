using System.Collections.Generic;
using System.IO;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Configuration;

/// <summary>
/// What a master's or minion's configuration says, with Salt's defaults for what it does not say (salt/config/__init__.py,
/// DEFAULT_MASTER_OPTS and DEFAULT_MINION_OPTS, 3006.10). Each setting remembers where it came from. Paths have root_dir before them.
/// </summary>
public sealed record SaltConfiguration
{
    internal SaltConfiguration(NodeKind node, string file, IReadOnlyList<string> files, IReadOnlyDictionary<string, ConfigurationValue> values)
    {
        Node = node;
        File = file;
        Files = files;
        Values = values;
    }

    /// <summary>Whose it is.</summary>
    public NodeKind Node { get; }

    /// <summary>The main file. It need not exist where <c>&lt;node&gt;.d/*.conf</c> says all.</summary>
    public string File { get; }

    /// <summary>The files that were read, in their order.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Everything that the files say, by name; no defaults.</summary>
    public IReadOnlyDictionary<string, ConfigurationValue> Values { get; }

    /// <summary><c>id</c>: the minion's id, out of the configuration or of the file minion_id; null where Salt would take the host's name.</summary>
    public Setting<string>? Id { get; internal init; }

    /// <summary><c>hash_id</c>: what names the minion's sockets in place of its id; null where it is not set.</summary>
    public Setting<string>? HashId { get; internal init; }

    /// <summary><c>hash_type</c>, in lower case: the hash that names a minion's sockets. Default sha256.</summary>
    public required Setting<string> HashType { get; init; }

    /// <summary><c>ipc_mode</c>: ipc or tcp. Default ipc; on Windows tcp.</summary>
    public required Setting<IpcMode> IpcMode { get; init; }

    /// <summary><c>sock_dir</c>. Default /var/run/salt/master or minion. A long one is replaced by .salt-unix in the cachedir, as Salt does.</summary>
    public required Setting<string> SockDir { get; init; }

    /// <summary><c>tcp_master_pub_port</c>, 4512; of a minion <c>tcp_pub_port</c>, 4510.</summary>
    public required Setting<int> PubPort { get; init; }

    /// <summary><c>tcp_master_pull_port</c>, 4513; of a minion <c>tcp_pull_port</c>, 4511.</summary>
    public required Setting<int> PullPort { get; init; }

    /// <summary><c>max_event_size</c>, in bytes. Default 1 MiB.</summary>
    public required Setting<int> MaxEventSize { get; init; }

    /// <summary><c>event_match_type</c>. Default startswith.</summary>
    public required Setting<TagMatch> EventMatchType { get; init; }

    /// <summary><c>user</c>: the account that Salt runs as. Default root (Windows: SYSTEM), where Salt has whoever starts it.</summary>
    public required Setting<string> User { get; init; }

    /// <summary><c>root_dir</c>. Default /, on Windows C:\ProgramData\Salt Project\Salt.</summary>
    public required Setting<string> RootDir { get; init; }

    /// <summary><c>pki_dir</c>. Default /etc/salt/pki/master or minion.</summary>
    public required Setting<string> PkiDir { get; init; }

    /// <summary><c>cachedir</c>. Default /var/cache/salt/master or minion.</summary>
    public required Setting<string> CacheDir { get; init; }

    /// <summary><c>interface</c>: where a master listens. Default 0.0.0.0.</summary>
    public required Setting<string> Interface { get; init; }

    /// <summary><c>publish_port</c>. Default 4505.</summary>
    public required Setting<int> PublishPort { get; init; }

    /// <summary><c>ret_port</c> of a master, <c>master_port</c> of a minion: the master's request server. Default 4506.</summary>
    public required Setting<int> RequestPort { get; init; }

    /// <summary><c>transport</c> between master and minions. Default zeromq.</summary>
    public required Setting<string> Transport { get; init; }

    /// <summary>A master's file with the key of an account's commands (salt/daemons/masterapi.py, access_keys, 3006.10).</summary>
    public string UserKeyFile(string user) => Path.Combine(CacheDir.Value, "." + user.Replace('\\', '_') + "_key");

    /// <summary>This node's own private key: master.pem or minion.pem in the pki_dir.</summary>
    public string PrivateKeyFile => Path.Combine(PkiDir.Value, SaltPlaces.Name(Node) + ".pem");

    /// <summary>This node's own public key: master.pub or minion.pub in the pki_dir.</summary>
    public string PublicKeyFile => Path.Combine(PkiDir.Value, SaltPlaces.Name(Node) + ".pub");

    /// <summary>Where a minion keeps its master's public key: minion_master.pub in the pki_dir.</summary>
    public string MasterPublicKeyFile => Path.Combine(PkiDir.Value, "minion_master.pub");

    /// <summary>What the files say about a setting that has no property here; null where they say nothing.</summary>
    public ConfigurationValue? Get(string name) => Values.TryGetValue(name, out var value) ? value : null;

    /// <summary>Reads a node's configuration: the main file, and what default_include and include name. A main file that is not there is empty.</summary>
    /// <param name="file">The main file, such as /etc/salt/master.</param>
    /// <param name="node">Whose it is.</param>
    /// <exception cref="SaltConfigurationException">It may not be read, is no YAML, or a setting has a value that Salt cannot use.</exception>
    public static SaltConfiguration Read(string file, NodeKind node) => ConfigurationBuilder.Build(Path.GetFullPath(file), node);
}
