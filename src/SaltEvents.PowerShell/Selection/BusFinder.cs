using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;
using SaltEvents.Core.ZeroMq;
using SaltEvents.Objects;

namespace SaltEvents.Selection;

/// <summary>
/// Finds the buses on this computer, in the places that the cmdlets use if no bus is named: the directory that the
/// environment names; else the buses of Salt's configurations, and all other buses in their sock_dirs and in Salt's own.
/// </summary>
internal sealed class BusFinder(Action<SaltEventException> problem, CancellationToken token)
{
    // A ZeroMQ socket greets at once, but not before a busy computer runs its process.
    private static readonly TimeSpan GreetingTime = TimeSpan.FromMilliseconds(250);
    private readonly List<SelectedBus> found = [];

    /// <summary>The buses of a configuration; of the whole machine if none is named.</summary>
    public IEnumerable<SaltEventFoundBus> Find(string? configPath)
    {
        var directory = configPath is null ? SaltFallback.Directory : null;
        var path = configPath ?? BusSelector.FromEnvironment(BusSelector.ConfigurationVariable);
        if (configPath is null && SaltFallback.IsForbidden)
        {
            return [];
        }

        if (directory is not null)
        {
            AddDirectory(directory, "environment variable " + BusSelector.Variable);
        }
        else if (path is not null)
        {
            AddConfigured(
                () => ConfigurationSearch.PlacesAt(path),
                configPath is null ? "environment variable " + BusSelector.ConfigurationVariable : "-ConfigPath"
            );
            AddSockDirs();
        }
        else
        {
            AddConfigured(() => ConfigurationSearch.PlacesOnMachine(), "Salt's configuration");
            AddSockDirs();
            AddDirectory(SocketNames.MasterDirectory, "Salt's default directory");
            AddDirectory(SocketNames.MinionDirectory, "Salt's default directory");
        }

        var own = OpenTargets.Current.Open<SaltEventBus>().Select(b => b.Endpoint.Pub).ToArray();
        return found
            .Where(bus => !own.Contains(bus.Endpoint.Pub))
            .Select(bus => Task.Run(() => LookAsync(bus)))
            .ToArray()
            .Select(look => look.GetAwaiter().GetResult());
    }

    private async Task<SaltEventFoundBus> LookAsync(SelectedBus bus)
    {
        var look = await ConfiguredBus.ProbeAsync(bus, token).ConfigureAwait(false);
        var isZeroMq =
            look.Presence == BusPresence.Listening
            && await ZeroMqProbe.GreetsAsync(bus.Endpoint.Pub, GreetingTime, token).ConfigureAwait(false);
        var endpoint = isZeroMq ? bus.Endpoint with { Protocol = BusProtocol.ZeroMq } : bus.Endpoint;
        return new SaltEventFoundBus(endpoint, bus.Node, bus.Why, bus.Configuration, look);
    }

    // One by one, so that a broken one does not hide the others.
    private void AddConfigured(Func<IReadOnlyList<ConfigurationPlace>> search, string why) => Try(() =>
    {
        foreach (var place in search())
        {
            Try(() => Add(ConfiguredBus.From(place.Read(), null, why)));
        }
    });

    // After the configured ones, which know more about a bus than its directory shows.
    private void AddSockDirs()
    {
        foreach (var configuration in found.Select(bus => bus.Configuration!).Where(c => c.IpcMode.Value == IpcMode.Ipc).ToArray())
        {
            AddDirectory(configuration.SockDir.Value, "sock_dir of " + configuration.File);
        }
    }

    private void AddDirectory(string directory, string why) => Try(() =>
    {
        foreach (var bus in SocketDirectory.FindAll(directory))
        {
            Add(new SelectedBus(bus.Endpoint, bus.Node, why));
        }
    });

    private void Add(SelectedBus bus)
    {
        if (found.All(f => f.Endpoint.Pub != bus.Endpoint.Pub))
        {
            found.Add(bus);
        }
    }

    private void Try(Action search)
    {
        try
        {
            search();
        }
        catch (SaltEventException e)
        {
            problem(e);
        }
    }
}
