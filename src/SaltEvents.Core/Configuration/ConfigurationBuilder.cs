using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Configuration;

/// <summary>Makes the settings out of the files, as Salt does it (salt/config/__init__.py, apply_master_config and apply_minion_config, 3006.10).</summary>
internal static class ConfigurationBuilder
{
    public static SaltConfiguration Build(string file, NodeKind node)
    {
        var (values, files) = ConfigurationFiles.Read(file, SaltPlaces.Name(node) + ".d/*.conf");
        var settings = new SettingReader(values);
        var isMaster = node == NodeKind.Master;
        var root = settings.Text("root_dir", SaltPlaces.Root, "a directory");
        var id = isMaster ? settings.Id("id") : MinionId(settings, file, root);
        var (pki, cache, sock) = Directories(settings, node, root, id, values);
        return new SaltConfiguration(node, file, files, values)
        {
            Id = id,
            HashId = settings.Id("hash_id"),
            HashType = Lower(settings.Text("hash_type", "sha256", "the name of a hash, such as sha256")),
            IpcMode = settings.Choice("ipc_mode", SaltPlaces.IsWindows ? IpcMode.Tcp : IpcMode.Ipc, ("ipc", IpcMode.Ipc), ("tcp", IpcMode.Tcp)),
            RootDir = root,
            PkiDir = pki,
            CacheDir = cache,
            SockDir = sock,
            PubPort = isMaster ? settings.Port("tcp_master_pub_port", 4512) : settings.Port("tcp_pub_port", 4510),
            PullPort = isMaster ? settings.Port("tcp_master_pull_port", 4513) : settings.Port("tcp_pull_port", 4511),
            MaxEventSize = settings.Number("max_event_size", EventCodec.DefaultMaxEventBytes, int.MaxValue, "a number of bytes from 1 to 2147483647"),
            EventMatchType = settings.Choice(
                "event_match_type", TagMatch.StartsWith, ("startswith", TagMatch.StartsWith), ("endswith", TagMatch.EndsWith), ("find", TagMatch.Find), ("regex", TagMatch.Regex), ("fnmatch", TagMatch.FnMatch)),
            User = settings.Text("user", SaltPlaces.IsWindows ? "SYSTEM" : "root", "the name of an account"),
            Interface = settings.Text("interface", "0.0.0.0", "an address"),
            PublishPort = settings.Port("publish_port", 4505),
            RequestPort = settings.Port(isMaster ? "ret_port" : "master_port", 4506),
            Transport = settings.Text("transport", "zeromq"),
        };
    }

    private static (Setting<string> Pki, Setting<string> Cache, Setting<string> Sock) Directories(
        SettingReader settings, NodeKind node, Setting<string> root, Setting<string>? id, IReadOnlyDictionary<string, ConfigurationValue> values)
    {
        const string expected = "a directory";
        var withId = values.TryGetValue("append_minionid_config_dirs", out var list) && list.Items is { } names && id is not null && node == NodeKind.Minion
            ? names.Select(n => n.Content).OfType<string>().ToArray()
            : [];
        Setting<string> WithId(string key, string byDefault)
        {
            var setting = settings.Text(key, byDefault, expected);
            return withId.Contains(key) ? setting with { Value = Path.Combine(setting.Value, id!.Value) } : setting;
        }

        var pki = WithId("pki_dir", Path.Combine(SaltPlaces.DefaultConfiguration, "pki", SaltPlaces.Name(node)));
        var cache = WithId("cachedir", SaltPlaces.Default(Path.Combine("var", "cache", "salt"), node));
        var sock = settings.Text("sock_dir", SaltPlaces.Default(Path.Combine("var", "run", "salt"), node), expected);
        if (TextSupport.CodePoints(sock.Value).Count > TextSupport.CodePoints(cache.Value).Count + 10)
        {
            // Salt keeps socket paths short.
            sock = new Setting<string>(
                Path.Combine(cache.Value, ".salt-unix"), sock.Origin with { Note = "in the cachedir, since Salt takes no sock_dir more than 10 characters longer" });
        }

        return (RootDirectory.Prepend(root, pki), RootDirectory.Prepend(root, cache), RootDirectory.Prepend(root, sock));
    }

    private static Setting<string>? MinionId(SettingReader settings, string file, Setting<string> root)
    {
        var id = settings.Id("id") ?? CachedId(file, root);
        return id is not null && settings.OptionalText("append_domain") is { } domain && !id.Value.EndsWith(domain.Value, StringComparison.Ordinal) && !id.Value.EndsWith(".", StringComparison.Ordinal)
            ? new Setting<string>(id.Value + "." + domain.Value, id.Origin with { Note = "with append_domain: " + domain.Origin })
            : id;
    }

    // Salt looks in its own directory of configuration alone; a copy has the file beside it.
    private static Setting<string>? CachedId(string file, Setting<string> root)
    {
        var beside = Path.Combine(Path.GetDirectoryName(file)!, "minion_id");
        var salts = RootDirectory.Prepend(root, new Setting<string>(Path.Combine(SaltPlaces.DefaultConfiguration, "minion_id"), SettingOrigin.Default)).Value;
        foreach (var path in new[] { beside, salts })
        {
            try
            {
                var line = File.Exists(path) ? File.ReadLines(path).FirstOrDefault()?.Trim() : null;
                if (line is { Length: > 0 } and not "localhost")
                {
                    return new Setting<string>(line, new SettingOrigin(path, 1));
                }
            }
            catch (UnauthorizedAccessException e)
            {
                throw SaltConfigurationException.Denied(path, e);
            }
            catch (IOException)
            {
                // Gone meanwhile.
            }
        }

        return null;
    }

    private static Setting<string> Lower(Setting<string> setting) => setting with { Value = setting.Value.ToLowerInvariant() };
}
