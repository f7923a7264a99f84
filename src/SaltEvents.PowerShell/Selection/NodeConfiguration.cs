using System;
using System.Linq;
using SaltEvents.Core.Configuration;

namespace SaltEvents.Selection;

/// <summary>
/// Salt's configuration of a node, for routes that do not use the bus: that of -ConfigPath or of the found bus that was
/// given; else that of SALTEVENTS_CONFIGPATH; else Salt's own.
/// </summary>
internal static class NodeConfiguration
{
    /// <summary>The configuration; null where Salt has none on this machine.</summary>
    /// <exception cref="SaltConfigurationException">It does not exist, may not be read or is not valid.</exception>
    public static SaltConfiguration? Find(BusRequest request, SaltNode node, Action<string> warn)
    {
        var configuration = Read(request, node);
        foreach (var warning in configuration is null ? [] : SelectedBus.SkippedFiles(configuration))
        {
            warn(warning);
        }

        return configuration;
    }

    private static SaltConfiguration? Read(BusRequest request, SaltNode node)
    {
        if (request.ConfigPath is not null)
        {
            return ConfigurationSearch.FindAt(request.ConfigPath, node)[0];
        }

        if (request.Target is SaltEventFoundBus { Configuration: { } found } && found.Node == node)
        {
            return found;
        }

        SaltFallback.RequireConfiguration(node);
        return BusSelector.FromEnvironment(BusSelector.ConfigurationVariable) is { } path
            ? ConfigurationSearch.FindAt(path, node)[0]
            : ConfigurationSearch.FindOnMachine(node).FirstOrDefault();
    }
}
