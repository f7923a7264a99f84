using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Configuration;

/// <summary>Finds a bus by the files in a sock_dir.</summary>
public static class SocketDirectory
{
    private const string PubSuffix = "_pub.ipc";

    /// <summary>Finds the bus: the master's, else the only minion's, unless more is specified.</summary>
    /// <param name="directory">The sock_dir.</param>
    /// <param name="node">Whose bus is wanted; null for any that is there.</param>
    /// <param name="minionId">The minion whose bus is wanted; null for the only one.</param>
    /// <exception cref="BusException">There is no such bus.</exception>
    /// <exception cref="BusException">The account may not look into the directory.</exception>
    /// <exception cref="BusSelectionException">Several minions' buses lie there, or only the bus of the other kind of node.</exception>
    public static LocatedBus Find(string directory, SaltNode? node = null, string? minionId = null)
    {
        var master = SocketNames.Master(directory);
        if (node != SaltNode.Minion && minionId is null)
        {
            if (Exists(master))
            {
                return new LocatedBus(SaltNode.Master, master);
            }

            if (node == SaltNode.Master)
            {
                throw MinionPrefixes(directory).Length == 0
                    ? NotFound(master, $"There is no master's event bus in {directory}: {Name(master)} does not exist.")
                    : WrongNode(
                        $"The event bus in {directory} is a minion's, not a master's. Give the master's directory ({SocketNames.MasterDirectory}), or -Node Minion if you mean the minion's bus."
                    );
            }
        }

        return minionId is null ? FindOnlyMinion(directory, node, master) : FindMinion(directory, minionId);
    }

    /// <summary>Every bus whose sockets are in a directory, a master's first; none if the directory does not exist.</summary>
    /// <param name="directory">The sock_dir.</param>
    /// <exception cref="BusException">The account may not look into the directory.</exception>
    public static IReadOnlyList<LocatedBus> FindAll(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return [];
        }

        var minions = MinionPrefixes(directory).Select(prefix => new LocatedBus(SaltNode.Minion, SocketNames.In(directory, prefix)));
        var master = SocketNames.Master(directory);
        return Exists(master) ? [new LocatedBus(SaltNode.Master, master), .. minions] : minions.ToArray();
    }

    private static LocatedBus FindMinion(string directory, string minionId)
    {
        var found = SocketNames.MinionOfAnyVersion(directory, minionId).FirstOrDefault(Exists);
        if (found is not null)
        {
            return new LocatedBus(SaltNode.Minion, found);
        }

        var others = MinionPrefixes(directory);
        var there = others.Length == 0 ? "it has no minion's bus" : "it has these: " + string.Join(", ", others);
        throw NotFound(SocketNames.Minion(directory, minionId), $"There is no event bus of the minion {minionId} in {directory}: {there}.");
    }

    private static LocatedBus FindOnlyMinion(string directory, SaltNode? node, BusEndpoint master)
    {
        var prefixes = MinionPrefixes(directory);
        switch (prefixes.Length)
        {
            case 1:
                return new LocatedBus(SaltNode.Minion, SocketNames.In(directory, prefixes[0]));
            case > 1:
                throw new BusSelectionException(
                    BusSelectionReason.Ambiguous,
                    $"The directory {directory} has the event buses of {prefixes.Length} minions: {string.Join(", ", prefixes)}. Choose one with -MinionBus."
                );
        }

        throw node == SaltNode.Minion && Exists(master)
            ? WrongNode(
                $"The event bus in {directory} is a master's, not a minion's. Give the minion's directory ({SocketNames.MinionDirectory}), or -Node Master if you mean the master's bus."
            )
            : NotFound(
                master,
                $"There is no Salt event bus in {directory}: neither {Name(master)} nor minion_event_*{PubSuffix} exists."
            );
    }

    private static string[] MinionPrefixes(string directory)
    {
        try
        {
            return Directory.GetFiles(directory, "minion_event*" + PubSuffix)
                .Select(path => Path.GetFileName(path))
                .Select(name => name.Substring(0, name.Length - PubSuffix.Length))
                .OrderBy(name => name, StringComparer.Ordinal)
                .ToArray();
        }
        catch (UnauthorizedAccessException e)
        {
            var address = SocketNames.Master(directory).Pub;
            throw new BusException(
                BusReason.AccessDenied,
                address,
                UnixFileStatus.ExplainDenied(Path.Combine(directory, "master_event" + PubSuffix)),
                e
            );
        }
        catch (DirectoryNotFoundException)
        {
            throw NotFound(SocketNames.Master(directory), $"There is no Salt event bus in {directory}: the directory does not exist.");
        }
        catch (IOException e)
        {
            throw NotFound(
                SocketNames.Master(directory),
                $"There is no Salt event bus in {directory}: the directory cannot be read ({e.Clause()})."
            );
        }
    }

    private static bool Exists(BusEndpoint endpoint) => File.Exists(((UnixBusAddress)endpoint.Pub).Path);

    private static string Name(BusEndpoint endpoint) => Path.GetFileName(((UnixBusAddress)endpoint.Pub).Path);

    private static BusException NotFound(BusEndpoint endpoint, string message) => new(BusReason.NotFound, endpoint.Pub, message);

    private static BusSelectionException WrongNode(string message) => new(BusSelectionReason.WrongNode, message);
}
