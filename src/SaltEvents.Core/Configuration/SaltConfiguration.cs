using System.Collections.Generic;
using System.IO;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Configuration;

/// <summary>
/// A master's or minion's configuration, with Salt's defaults for settings that it does not have (salt/config/__init__.py,
/// DEFAULT_MASTER_OPTS and DEFAULT_MINION_OPTS, 3006.10). Each setting remembers where it came from, and is read when it is asked
/// for: one with a value that cannot be used is an error (<see cref="SaltConfigurationException"/>) there and nowhere else. Paths
/// have root_dir before them.
/// </summary>
public sealed class SaltConfiguration
{
    private readonly SettingReader settings;
    private readonly ConfigurationPaths paths;

    private SaltConfiguration(SaltNode node, string file, ConfigurationFiles files)
    {
        Node = node;
        File = file;
        Files = files.Read;
        Skipped = files.Skipped;
        Values = files.Settings;
        settings = new SettingReader(files.Settings);
        paths = new ConfigurationPaths(node, file, settings);
    }

    /// <summary>Whose it is.</summary>
    public SaltNode Node { get; }

    /// <summary>The main file. It need not exist where <c>&lt;node&gt;.d/*.conf</c> says all.</summary>
    public string File { get; }

    /// <summary>The files that were read, in their order.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>The problems of included files that are not YAML. Salt's master skips them.</summary>
    public IReadOnlyList<SaltConfigurationException> Skipped { get; }

    /// <summary>Everything that the files say, by name; no defaults.</summary>
    public IReadOnlyDictionary<string, ConfigurationValue> Values { get; }

    /// <summary>
    /// <c>id</c>: the minion's id, out of the configuration or of the file minion_id; null where Salt would take the host's name.
    /// </summary>
    public Setting<string>? Id => paths.Id;

    /// <summary><c>hash_id</c>: the text that names the minion's sockets in place of its id; null if it is not set.</summary>
    public Setting<string>? HashId => settings.Id("hash_id");

    /// <summary><c>hash_type</c>, in lower case: the hash that names a minion's sockets. Default sha256.</summary>
    public Setting<string> HashType
    {
        get
        {
            var type = settings.Text("hash_type", "sha256", "the name of a hash, such as sha256");
            return type with { Value = type.Value.ToLowerInvariant() };
        }
    }

    /// <summary><c>ipc_mode</c>: ipc or tcp. Default ipc; on Windows tcp.</summary>
    public Setting<IpcMode> IpcMode => settings.IpcMode(SaltPaths.IsWindows ? Configuration.IpcMode.Tcp : Configuration.IpcMode.Ipc);

    /// <summary>
    /// <c>sock_dir</c>. Default /var/run/salt/master or minion. A long one is replaced by .salt-unix in the cachedir, as Salt does.
    /// </summary>
    public Setting<string> SockDir => paths.Sock;

    /// <summary><c>tcp_master_pub_port</c>, 4512; of a minion <c>tcp_pub_port</c>, 4510.</summary>
    public Setting<int> PubPort => IsMaster ? settings.Port("tcp_master_pub_port", 4512) : settings.Port("tcp_pub_port", 4510);

    /// <summary><c>tcp_master_pull_port</c>, 4513; of a minion <c>tcp_pull_port</c>, 4511.</summary>
    public Setting<int> PullPort => IsMaster ? settings.Port("tcp_master_pull_port", 4513) : settings.Port("tcp_pull_port", 4511);

    /// <summary><c>max_event_size</c>, in bytes. Default 1 MiB.</summary>
    public Setting<int> MaxEventSize => settings.Size("max_event_size", EventCodec.DefaultMaxEventBytes);

    /// <summary><c>event_match_type</c>. Default startswith.</summary>
    public Setting<SaltTagMatch> EventMatchType =>
        settings.Choice(
            "event_match_type",
            SaltTagMatch.StartsWith,
            ("startswith", SaltTagMatch.StartsWith),
            ("endswith", SaltTagMatch.EndsWith),
            ("find", SaltTagMatch.Find),
            ("regex", SaltTagMatch.Regex),
            ("fnmatch", SaltTagMatch.FnMatch)
        );

    /// <summary><c>user</c>: the account that Salt runs as. Default root (Windows: SYSTEM), where Salt uses the account that starts it.</summary>
    public Setting<string> User => settings.Text("user", SaltPaths.IsWindows ? "SYSTEM" : "root", "the name of an account");

    /// <summary><c>pki_dir</c>. Default /etc/salt/pki/master or minion.</summary>
    public Setting<string> PkiDir => paths.Pki;

    /// <summary><c>cachedir</c>. Default /var/cache/salt/master or minion.</summary>
    public Setting<string> CacheDir => paths.Cache;

    /// <summary><c>interface</c>: where a master listens. Default 0.0.0.0.</summary>
    public Setting<string> Interface => settings.Text("interface", "0.0.0.0", "an address");

    /// <summary><c>ret_port</c> of a master, <c>master_port</c> of a minion: the master's request server. Default 4506.</summary>
    public Setting<int> RequestPort => settings.Port(IsMaster ? "ret_port" : "master_port", 4506);

    /// <summary><c>transport</c> between master and minions. Default zeromq.</summary>
    public Setting<string> Transport => settings.Text("transport", "zeromq");

    /// <summary>The value of a setting that has no property here; null if the files do not have it.</summary>
    public ConfigurationValue? Get(string name) => Values.TryGetValue(name, out var value) ? value : null;

    private bool IsMaster => Node == SaltNode.Master;

    /// <summary>
    /// Reads a node's configuration: the main file, and what default_include and include name. A missing main file counts as empty.
    /// </summary>
    /// <param name="file">The main file, such as /etc/salt/master.</param>
    /// <param name="node">Whose it is.</param>
    /// <param name="includeFrom">The file from whose place files to include are looked for.</param>
    /// <exception cref="SaltConfigurationException">It may not be read or is not YAML.</exception>
    internal static SaltConfiguration Read(string file, SaltNode node, string includeFrom) =>
        new(node, file, new ConfigurationFiles(file, includeFrom, SaltPaths.Name(node) + ".d/*.conf"));
}
