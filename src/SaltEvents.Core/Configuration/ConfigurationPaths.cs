using System;
using System.IO;
using System.Linq;
using System.Text;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Configuration;

/// <summary>
/// The directories and the id of a node, as Salt makes them of its settings (salt/config/__init__.py, apply_master_config,
/// apply_minion_config and get_id, 3006.10). Each is made when it is asked for.
/// </summary>
internal sealed class ConfigurationPaths(SaltNode node, string file, SettingReader settings)
{
    private Setting<string> Root => settings.Directory("root_dir", SaltPaths.Root);

    public Setting<string> Pki =>
        RootDirectory.Prepend(Root, AppendId("pki_dir", Path.Combine(SaltPaths.DefaultConfiguration, "pki", SaltPaths.Name(node))));

    public Setting<string> Cache => RootDirectory.Prepend(Root, AppendId("cachedir", DefaultCache));

    public Setting<string> Sock
    {
        get
        {
            var sock = settings.Directory("sock_dir", SaltPaths.Default(Path.Combine("var", "run", "salt"), node));
            var cache = WithId("cachedir", settings.Raw("cachedir") ?? DefaultCache);
            if (TextSupport.CodePoints(sock.Value).Count > TextSupport.CodePoints(cache).Count + 10)
            {
                // Salt keeps socket paths short.
                sock = new Setting<string>(
                    Path.Combine(AppendId("cachedir", DefaultCache).Value, ".salt-unix"),
                    sock.Origin with
                    {
                        Note = "in the cachedir, since Salt takes no sock_dir more than 10 characters longer",
                    }
                );
            }

            return RootDirectory.Prepend(Root, sock);
        }
    }

    /// <summary>
    /// A master's id, or a minion's, out of the settings or of the file minion_id; null where Salt would take the host's name.
    /// </summary>
    public Setting<string>? Id
    {
        get
        {
            if (node == SaltNode.Master)
            {
                return settings.Id("id");
            }

            var id = settings.Id("id") ?? (settings.IsOn("minion_id_caching", byDefault: true) ? CachedId() : null);
            return id is not null && settings.Raw("append_domain") != string.Empty && settings.OptionalText("append_domain") is { } domain
                && !id.Value.EndsWith(domain.Value, StringComparison.Ordinal) && !id.Value.EndsWith(".", StringComparison.Ordinal)
                ? new Setting<string>(id.Value + "." + domain.Value, id.Origin with { Note = "with append_domain: " + domain.Origin })
                : id;
        }
    }

    private string DefaultCache => SaltPaths.Default(Path.Combine("var", "cache", "salt"), node);

    private Setting<string> AppendId(string key, string byDefault)
    {
        var setting = settings.Directory(key, byDefault);
        return setting with { Value = WithId(key, setting.Value) };
    }

    private string WithId(string key, string path) =>
        node == SaltNode.Minion && settings.Texts("append_minionid_config_dirs").Contains(key) && Id is { } id
            ? Path.Combine(path, id.Value)
            : path;

    // Salt only looks in its own configuration directory, under root_dir. A copy without a root_dir has the file beside it.
    private Setting<string>? CachedId()
    {
        var beside = Path.Combine(Path.GetDirectoryName(file)!, "minion_id");
        var salts = RootDirectory
            .Prepend(Root, new Setting<string>(Path.Combine(SaltPaths.DefaultConfiguration, "minion_id"), SettingOrigin.Default))
            .Value;
        foreach (var path in Root.Origin.IsDefault ? new[] { beside, salts } : [salts, beside])
        {
            try
            {
                UnixFileStatus.ThrowIfPipe(path);
                var line = File.Exists(path) ? FirstLine(path)?.Trim() : null;
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

    // Salt does not take a byte order mark away: it becomes part of the id.
    private static string? FirstLine(string path)
    {
        using var reader = new StreamReader(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), detectEncodingFromByteOrderMarks: false);
        return reader.ReadLine();
    }
}
