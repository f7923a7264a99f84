using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Configuration;

/// <summary>
/// One node's configuration out of its files: the main file, over it what default_include names, over that what include names
/// (salt/config/__init__.py, load_config and include_config, 3006.10). Bounded in files, bytes, values and nesting.
/// </summary>
internal sealed class ConfigurationFiles
{
    private const int MaxFiles = 1000;
    private const int MaxBytes = 16 * 1024 * 1024;
    private const int MaxIncludeDepth = 20;
    private readonly List<string> read = [];
    private readonly HashSet<object> joinedMaps = [];
    private readonly Dictionary<object, HashSet<object>> joinedLists = [];
    private long bytes;
    private long values;

    private ConfigurationFiles()
    {
    }

    /// <summary>The settings by name, and the files that were read.</summary>
    /// <exception cref="SaltConfigurationException">A file may not be read or is no configuration.</exception>
    public static (IReadOnlyDictionary<string, ConfigurationValue> Settings, IReadOnlyList<string> Files) Read(string mainFile, string defaultInclude)
    {
        var files = new ConfigurationFiles();
        var settings = File.Exists(mainFile) ? files.ReadFile(mainFile) : [];
        var include = settings.TryGetValue("include", out var named) ? named : null;
        var byDefault = settings.TryGetValue("default_include", out var other) ? other : new ConfigurationValue(defaultInclude, SettingOrigin.Default);
        Override(settings, files.Include(byDefault, mainFile, 0));
        Override(settings, include is null ? [] : files.Include(include, mainFile, 0));
        return (settings, files.read);
    }

    private Dictionary<string, ConfigurationValue> Include(ConfigurationValue include, string from, int depth)
    {
        if (depth >= MaxIncludeDepth)
        {
            throw SaltConfigurationException.At(include.Origin, $"files include each other more than {MaxIncludeDepth} deep. Does one include itself?");
        }

        var settings = new Dictionary<string, ConfigurationValue>(StringComparer.Ordinal);
        foreach (var file in Patterns(include).SelectMany(pattern => PathGlob.Files(Absolute(pattern, from))))
        {
            var found = ReadFile(file);
            if (found.TryGetValue("include", out var deeper))
            {
                Override(found, Include(deeper, file, depth + 1));
            }

            Merge(settings, found);
        }

        return settings;
    }

    private static IEnumerable<string> Patterns(ConfigurationValue include)
    {
        // Python's "if not include"
        if (include.Content is null or false or "")
        {
            return [];
        }

        return (include.Items ?? [include]).Select(item => item.Content as string
            ?? throw SaltConfigurationException.At(item.Origin, $"a file to include is {item}; expected is a path, or a list of paths."));
    }

    private static string Absolute(string pattern, string from)
    {
        if (pattern.StartsWith("~/", StringComparison.Ordinal))
        {
            pattern = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + pattern.Substring(1);
        }

        return Path.Combine(Path.GetDirectoryName(Path.GetFullPath(from))!, pattern);
    }

    private Dictionary<string, ConfigurationValue> ReadFile(string file)
    {
        if (read.Count >= MaxFiles)
        {
            throw new SaltConfigurationException(SaltConfigurationReason.Invalid, file, $"{file}: this configuration has more than {MaxFiles} files. Does a file include itself?");
        }

        read.Add(file);
        var root = YamlFile.Parse(file, ReadText(file));
        if ((values += root.Size) > YamlFile.MaxValues)
        {
            throw new SaltConfigurationException(SaltConfigurationReason.Invalid, file, $"{file}: with this file the configuration has more than {YamlFile.MaxValues} values.");
        }

        return root.Entries!.ToDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal);
    }

    private string ReadText(string file)
    {
        byte[] content;
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            content = new byte[Math.Min(stream.Length, MaxBytes + 1)];
            var filled = 0;
            for (var count = 1; count > 0 && filled < content.Length; filled += count)
            {
                count = stream.Read(content, filled, content.Length - filled);
            }

            bytes += filled;
        }
        catch (UnauthorizedAccessException e)
        {
            throw SaltConfigurationException.Denied(file, e);
        }
        catch (IOException e)
        {
            throw new SaltConfigurationException(SaltConfigurationReason.NotFound, file, $"{file}: this file of Salt's configuration cannot be read ({e.Message}).", e);
        }

        if (bytes > MaxBytes)
        {
            throw new SaltConfigurationException(SaltConfigurationReason.Invalid, file, $"{file}: with this file the configuration is longer than {MaxBytes / (1024 * 1024)} MiB.");
        }

        return TextSupport.StrictUtf8(content)?.TrimStart('\uFEFF')
            ?? throw new SaltConfigurationException(SaltConfigurationReason.Invalid, file, $"{file}: this file is not UTF-8 text. Save it as UTF-8.");
    }

    // As Python's dict.update.
    private static void Override(Dictionary<string, ConfigurationValue> settings, IReadOnlyDictionary<string, ConfigurationValue> by)
    {
        foreach (var entry in by)
        {
            settings[entry.Key] = entry.Value;
        }
    }

    // Maps are merged and lists joined, less what is there already (salt/utils/dictupdate.py, update, 3006.10).
    private void Merge(IDictionary<string, ConfigurationValue> settings, IReadOnlyDictionary<string, ConfigurationValue> with)
    {
        foreach (var entry in with)
        {
            settings[entry.Key] = settings.TryGetValue(entry.Key, out var present) ? Joined(present, entry.Value) : entry.Value;
        }
    }

    // What was joined once belongs to nobody else and grows where it is: with many files, copies of copies would fill the memory.
    private ConfigurationValue Joined(ConfigurationValue first, ConfigurationValue second)
    {
        var size = first.Size + second.Size;
        if (first.Entries is { } map && second.Entries is { } other)
        {
            var joined = joinedMaps.Contains(map) ? (Dictionary<string, ConfigurationValue>)map : map.ToDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal);
            joinedMaps.Add(joined);
            Merge(joined, other);
            return new ConfigurationValue(joined, second.Origin, size);
        }

        if (first.Items is not { } items || second.Items is not { } more)
        {
            return second;
        }

        var list = joinedLists.TryGetValue(items, out var contents) ? (List<ConfigurationValue>)items : items.ToList();
        contents ??= joinedLists[list] = new HashSet<object>(items.Select(i => i.Content).OfType<object>());
        list.AddRange(more.Where(i => i.Content is null || !contents.Contains(i.Content)).ToArray());
        contents.UnionWith(more.Select(i => i.Content).OfType<object>());
        return new ConfigurationValue(list, second.Origin, size);
    }
}
