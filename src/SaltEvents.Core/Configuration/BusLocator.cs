using System.IO;
using System.Linq;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Configuration;

/// <summary>The bus that a configuration describes (salt/utils/event.py, SaltEvent.__load_uri, 3006.10).</summary>
public static class BusLocator
{
    /// <summary>The sockets, whether or not the bus runs.</summary>
    /// <param name="configuration">The node's configuration.</param>
    /// <param name="minionId">A minion in place of the configured one; null for that one.</param>
    /// <exception cref="BusException">The minion's id is not known, or was given, and it has no socket.</exception>
    /// <exception cref="BusException">The account may not look into the sock_dir.</exception>
    /// <exception cref="BusSelectionException">The configured minion's sockets do not exist, but those of several others do.</exception>
    public static LocatedBus Locate(SaltConfiguration configuration, string? minionId = null)
    {
        if (configuration.IpcMode.Value == IpcMode.Tcp)
        {
            return new LocatedBus(
                configuration.Node,
                new BusEndpoint(
                    new TcpBusAddress(TcpBusAddress.Loopback, configuration.PubPort.Value),
                    new TcpBusAddress(TcpBusAddress.Loopback, configuration.PullPort.Value)
                )
            );
        }

        var directory = configuration.SockDir.Value;
        return configuration.Node == SaltNode.Master ? new LocatedBus(SaltNode.Master, SocketNames.Master(directory))
            : Minion(configuration, directory, minionId);
    }

    // The name that Salt computes, or else the only minion's bus there (its id may have changed since it started).
    private static LocatedBus Minion(SaltConfiguration configuration, string directory, string? minionId)
    {
        var id = minionId ?? (configuration.HashId ?? KnownId(configuration))?.Value;
        var names = id is null ? []
            : configuration.HashType.Origin.IsDefault ? SocketNames.MinionOfAnyVersion(directory, id).ToArray()
            : SocketNames.Minion(directory, id, configuration.HashType.Value) is { } named ? [named]
            : [];
        if (names.FirstOrDefault(n => File.Exists(((UnixBusAddress)n.Pub).Path)) is { } there)
        {
            return new LocatedBus(SaltNode.Minion, there);
        }

        try
        {
            return SocketDirectory.Find(directory, SaltNode.Minion, minionId);
        }
        catch (SaltEventException e)
            when (minionId is null
                && names.Length > 0
                && e is BusException { Reason: BusReason.NotFound } or BusSelectionException { Reason: BusSelectionReason.WrongNode }
            )
        {
            return new LocatedBus(SaltNode.Minion, names[0]);
        }
    }

    // If the file minion_id may not be read, the sockets may still be usable.
    internal static Setting<string>? KnownId(SaltConfiguration configuration)
    {
        try
        {
            return configuration.Id;
        }
        catch (SaltConfigurationException e) when (e.Reason == SaltConfigurationReason.Denied)
        {
            return null;
        }
    }
}
