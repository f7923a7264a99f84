using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Linq;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Transport;

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
    private readonly List<SaltConfigurationException> skipped = [];
    private long bytes;
    private long values;

    /// <summary>Reads a main file and the files that it includes.</summary>
    /// <param name="mainFile">The main file; it need not be there.</param>
    /// <param name="includeFrom">The file from whose place files to include are looked for.</param>
    /// <param name="defaultInclude">The files to include if default_include is not set.</param>
    /// <exception cref="SaltConfigurationException">A file may not be read, or the main one is not a configuration.</exception>
    public ConfigurationFiles(string mainFile, string includeFrom, string defaultInclude)
    {
        var settings = File.Exists(mainFile) ? ReadFile(mainFile) : [];
        var include = settings.TryGetValue("include", out var named) ? named : null;
        var byDefault = settings.TryGetValue("default_include", out var other)
            ? other
            : new ConfigurationValue(defaultInclude, SettingOrigin.Default);
        Override(settings, Include(byDefault, includeFrom, 0));
        Override(settings, include is null ? [] : Include(include, includeFrom, 0));
        Settings = settings;
    }

    /// <summary>The settings by name.</summary>
    public IReadOnlyDictionary<string, ConfigurationValue> Settings { get; }

    /// <summary>The files that were read, in their order.</summary>
    public IReadOnlyList<string> Read => read;

    /// <summary>The problems of included files that are not configurations.</summary>
    public IReadOnlyList<SaltConfigurationException> Skipped => skipped;

    private Dictionary<string, ConfigurationValue> Include(ConfigurationValue include, string from, int depth)
    {
        if (depth >= MaxIncludeDepth)
        {
            throw SaltConfigurationException.At(
                include.Origin,
                $"files include each other more than {MaxIncludeDepth} deep. Does one include itself?"
            );
        }

        var settings = new Dictionary<string, ConfigurationValue>(StringComparer.Ordinal);
        // .NET Framework refuses what can be in no path; it names no file.
        var patterns = Patterns(include).Where(pattern => pattern.IndexOfAny(Path.GetInvalidPathChars()) < 0);
        foreach (var file in patterns.SelectMany(pattern => PathGlob.Files(Absolute(pattern, from))))
        {
            if (!TryReadIncluded(file, out var found))
            {
                continue;
            }

            if (found.TryGetValue("include", out var deeper))
            {
                Override(found, Include(deeper, file, depth + 1));
            }

            Merge(settings, found);
        }

        return settings;
    }

    // As include_config does it. A file that goes beyond the bounds here is one that Salt might have read.
    private bool TryReadIncluded(string file, [NotNullWhen(true)] out Dictionary<string, ConfigurationValue>? found)
    {
        try
        {
            found = ReadFile(file);
            return true;
        }
        catch (SaltConfigurationException e) when (e is { Reason: SaltConfigurationReason.Invalid, IsLimit: false })
        {
            skipped.Add(e);
            found = null;
            return false;
        }
    }

    private static IEnumerable<string> Patterns(ConfigurationValue include)
    {
        if (!include.IsTruthy)
        {
            return [];
        }

        // Python goes through the keys of a map.
        return include.Entries?.Keys ?? (include.Items ?? [include]).Select(item => item.Content as string
            ?? throw SaltConfigurationException.At(item.Origin, $"a file to include is {item}; expected is a path, or a list of paths."));
    }

    private static string Absolute(string pattern, string from)
    {
        if (pattern.StartsWith("~/", StringComparison.Ordinal) || pattern.StartsWith("~" + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            pattern = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + pattern.Substring(1);
        }

        return Path.Combine(Path.GetDirectoryName(Path.GetFullPath(from))!, pattern);
    }

    private Dictionary<string, ConfigurationValue> ReadFile(string file)
    {
        if (read.Count >= MaxFiles)
        {
            throw SaltConfigurationException.Limit(
                file,
                $"{file}: this configuration has more than {MaxFiles} files. Does a file include itself?"
            );
        }

        read.Add(file);
        var root = YamlFile.Parse(file, ReadText(file));
        if ((values += root.Size) > YamlFile.MaxValues)
        {
            throw SaltConfigurationException.Limit(
                file,
                $"{file}: with this file the configuration has more than {YamlFile.MaxValues} values."
            );
        }

        return root.Entries!.ToDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal);
    }

    private string ReadText(string file)
    {
        byte[] content;
        try
        {
            UnixFileStatus.ThrowIfPipe(file);
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
            throw new SaltConfigurationException(
                SaltConfigurationReason.NotFound,
                file,
                $"{file}: this file of Salt's configuration cannot be read ({e.Clause()}).",
                e
            );
        }

        if (bytes > MaxBytes)
        {
            throw SaltConfigurationException.Limit(
                file,
                $"{file}: with this file the configuration is longer than {MaxBytes / (1024 * 1024)} MiB."
            );
        }

        return TextSupport.StrictUtf8(content)?.TrimStart('\uFEFF')
            ?? throw new SaltConfigurationException(
                SaltConfigurationReason.Invalid,
                file,
                $"{file}: this file is not UTF-8 text. Save it as UTF-8."
            );
    }

    // As Python's dict.update.
    private static void Override(Dictionary<string, ConfigurationValue> settings, IReadOnlyDictionary<string, ConfigurationValue> by)
    {
        foreach (var entry in by)
        {
            settings[entry.Key] = entry.Value;
        }
    }

    // Maps are merged and lists joined, without duplicates (salt/utils/dictupdate.py, update, 3006.10).
    private void Merge(IDictionary<string, ConfigurationValue> settings, IReadOnlyDictionary<string, ConfigurationValue> with)
    {
        foreach (var entry in with)
        {
            settings[entry.Key] = settings.TryGetValue(entry.Key, out var present) ? Joined(present, entry.Value) : entry.Value;
        }
    }

    // A joined list belongs to nobody else and grows in place: with many files, copies of copies would fill the memory.
    private ConfigurationValue Joined(ConfigurationValue first, ConfigurationValue second)
    {
        var size = first.Size + second.Size;
        if (first.Entries is { } map && second.Entries is { } other)
        {
            var joined = joinedMaps.Contains(map)
                ? (Dictionary<string, ConfigurationValue>)map
                : map.ToDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal);
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
