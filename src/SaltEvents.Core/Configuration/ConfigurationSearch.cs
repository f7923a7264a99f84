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
    public static IReadOnlyList<SaltConfiguration> FindOnMachine(NodeKind? node = null) => In(SaltPlaces.Configuration, node);

    /// <summary>Those at a path, a master's first.</summary>
    /// <param name="path">A directory with the files master or minion (or <c>master.d/*.conf</c>, <c>minion.d/*.conf</c>); or such a file.</param>
    /// <param name="node">Whose is wanted; null for both, and for what a file's name says.</param>
    /// <exception cref="SaltConfigurationException">There is none, one may not be read or is not valid.</exception>
    public static IReadOnlyList<SaltConfiguration> FindAt(string path, NodeKind? node = null)
    {
        if (File.Exists(path))
        {
            return [SaltConfiguration.Read(path, node ?? NodeOf(path))];
        }

        if (!Directory.Exists(path))
        {
            throw NotFound(path, $"There is no configuration of Salt at {path}: no such file or directory can be seen. Give Salt's directory, such as {SaltPlaces.DefaultConfiguration}, or one of its files.");
        }

        return In(path, node) is { Length: > 0 } found
            ? found
            : throw NotFound(path, $"There is no configuration of a {(node is { } wanted ? SaltPlaces.Name(wanted) : "master or minion")} in {path}: the file {(node is { } name ? SaltPlaces.Name(name) : "master or minion")} is not there.");
    }

    private static SaltConfiguration[] In(string directory, NodeKind? node) =>
        new[] { NodeKind.Master, NodeKind.Minion }
            .Where(n => node is null || n == node)
            .Where(n => IsConfigured(directory, n))
            .Select(n => SaltConfiguration.Read(Path.Combine(directory, SaltPlaces.Name(n)), n))
            .ToArray();

    private static bool IsConfigured(string directory, NodeKind node)
    {
        var file = Path.Combine(directory, SaltPlaces.Name(node));
        return File.Exists(file) || PathGlob.Files(Path.Combine(file + ".d", "*.conf")).Count > 0;
    }

    private static NodeKind NodeOf(string file)
    {
        var name = Path.GetFileName(file);
        return name.StartsWith("master", StringComparison.OrdinalIgnoreCase) ? NodeKind.Master
            : name.StartsWith("minion", StringComparison.OrdinalIgnoreCase) ? NodeKind.Minion
            : throw NotFound(file, $"Whose configuration {file} is does not show in its name. Say it with -Node Master or -Node Minion.");
    }

    private static SaltConfigurationException NotFound(string path, string message) => new(SaltConfigurationReason.NotFound, path, message);
}
