using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace SaltEvents.Core.Configuration;

/// <summary>Finds and reads the configurations of the nodes of this machine, or of those at a path.</summary>
public static class ConfigurationSearch
{
    /// <summary>Those in Salt's own place, a master's first; none where Salt has no configuration there.</summary>
    /// <param name="node">Whose is wanted; null for both.</param>
    /// <exception cref="SaltConfigurationException">One may not be read or is not valid.</exception>
    public static IReadOnlyList<SaltConfiguration> FindOnMachine(SaltNode? node = null) =>
        PlacesOnMachine(node).Select(place => place.Read()).ToArray();

    /// <summary>Those at a path, a master's first.</summary>
    /// <param name="path">A directory with the files master or minion (or <c>master.d/*.conf</c>, <c>minion.d/*.conf</c>); or such a
    /// file.</param>
    /// <param name="node">Whose is wanted; null for both, and for what a file's name says.</param>
    /// <exception cref="SaltConfigurationException">There is none, one may not be read or is not valid.</exception>
    public static IReadOnlyList<SaltConfiguration> FindAt(string path, SaltNode? node = null) =>
        PlacesAt(path, node).Select(place => place.Read()).ToArray();

    /// <summary>The same, not read yet: a broken one must not stop a command that needs the other.</summary>
    internal static IReadOnlyList<ConfigurationPlace> PlacesOnMachine(SaltNode? node = null) => Existing(SaltPaths.Place, node);

    /// <summary>The same, not read yet.</summary>
    /// <exception cref="SaltConfigurationException">There is none.</exception>
    internal static IReadOnlyList<ConfigurationPlace> PlacesAt(string path, SaltNode? node = null)
    {
        if (File.Exists(path))
        {
            return [new ConfigurationPlace(path, node ?? NodeOf(path))];
        }

        if (!Directory.Exists(path))
        {
            throw NotFound(
                path,
                $"There is no configuration of Salt at {path}: the file or directory does not exist or is hidden. Give Salt's directory, such as {SaltPaths.DefaultConfiguration}, or one of its files."
            );
        }

        return Existing(n => new ConfigurationPlace(Path.Combine(path, SaltPaths.Name(n)), n), node) is { Length: > 0 } found
            ? found
            : throw NotFound(
                path,
                $"There is no configuration of a {(node is { } wanted ? SaltPaths.Name(wanted) : "master or minion")} in {path}: the file {(node is { } name ? SaltPaths.Name(name) : "master or minion")} is not there."
            );
    }

    /// <summary>
    /// Why no configuration is visible in Salt's own place, if this account may not look into it; null if there is none.
    /// </summary>
    internal static SaltConfigurationException? WhyHidden(string directory)
    {
        SaltConfigurationException? why = null;
        for (var step = Path.GetFullPath(directory); step is not null; step = Path.GetDirectoryName(step))
        {
            try
            {
                _ = Directory.GetFileSystemEntries(step);
                break;
            }
            catch (UnauthorizedAccessException e)
            {
                why = SaltConfigurationException.Denied(step, e); // perhaps for what is above it
            }
            catch (IOException)
            {
                // It is not there.
            }
        }

        return why;
    }

    private static ConfigurationPlace[] Existing(Func<SaltNode, ConfigurationPlace> placeOf, SaltNode? node) =>
        new[] { SaltNode.Master, SaltNode.Minion }.Where(n => node is null || n == node).Select(placeOf).Where(IsConfigured).ToArray();

    private static bool IsConfigured(ConfigurationPlace place)
    {
        try
        {
            return File.Exists(place.File) || PathGlob.Files(Path.Combine(place.File + ".d", "*.conf")).Count > 0;
        }
        catch (SaltConfigurationException)
        {
            return true; // reading it shows why it cannot be read
        }
    }

    private static SaltNode NodeOf(string file)
    {
        var name = Path.GetFileName(file);
        return name.StartsWith("master", StringComparison.OrdinalIgnoreCase) ? SaltNode.Master
            : name.StartsWith("minion", StringComparison.OrdinalIgnoreCase) ? SaltNode.Minion
            : throw NotFound(file, $"The name of {file} does not show whether it is a master's or a minion's configuration. Give -Node Master or -Node Minion.");
    }

    private static SaltConfigurationException NotFound(string path, string message) => new(SaltConfigurationReason.NotFound, path, message);
}
