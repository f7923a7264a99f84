using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;

namespace SaltEvents.Selection;

/// <summary>The bus that one of Salt's configurations describes.</summary>
internal static class ConfiguredBus
{
    private static readonly TimeSpan ProbeTime = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The first of several that runs, else the first that may run, else the first. A single one is not probed. Those behind the
    /// one that runs are not read, and a broken one stops only where no other may run.
    /// </summary>
    /// <exception cref="SaltConfigurationException">The one that would be used may not be read or is not valid.</exception>
    public static SelectedBus Choose(IReadOnlyList<ConfigurationPlace> places, string? minionId, string why, CancellationToken token)
    {
        if (places.Count == 1)
        {
            return From(places[0].Read(), minionId, why);
        }

        var broken = new List<SaltConfigurationException>();
        SelectedBus? mayRun = null, first = null;
        foreach (var place in places)
        {
            try
            {
                var bus = From(place.Read(), minionId, why);
                switch (Task.Run(() => ProbeAsync(bus, token)).GetAwaiter().GetResult().Presence)
                {
                    case BusPresence.Listening:
                        return bus with { Broken = broken };
                    case not BusPresence.NotRunning:
                        mayRun ??= bus;
                        break;
                }

                first ??= broken.Count == 0 ? bus : null;
            }
            catch (SaltConfigurationException e)
            {
                broken.Add(e);
            }
        }

        return (mayRun ?? first ?? throw broken[0]) with { Broken = broken };
    }

    /// <summary>Connects to the pub socket and closes at once, to see whether the bus runs.</summary>
    public static Task<BusProbeResult> ProbeAsync(SelectedBus bus, CancellationToken token) => bus.Problem is { } problem
        ? Task.FromResult(BusProbeResult.From(problem))
        : BusProbeResult.ProbeAsync(bus.Endpoint.Pub, ProbeTime, token);

    public static SelectedBus From(SaltConfiguration configuration, string? minionId, string why)
    {
        var settings = Settings(configuration, minionId).ToArray();
        why += " " + configuration.File;
        try
        {
            var located = BusLocator.Locate(configuration, minionId);
            return new SelectedBus(located.Endpoint, located.Node, why) { Configuration = configuration, Settings = settings };
        }
        catch (SaltEventException e)
        {
            return new SelectedBus(Unknown(configuration.SockDir.Value), configuration.Node, why)
            {
                Configuration = configuration,
                Settings = settings,
                Problem = e,
            };
        }
    }

    /// <summary>A minion's sockets, of which the names are not known.</summary>
    public static BusEndpoint Unknown(string directory) =>
        new(
            new UnixBusAddress(Path.Combine(directory, "minion_event_*_pub.ipc")),
            new UnixBusAddress(Path.Combine(directory, "minion_event_*_pull.ipc"))
        );

    private static IEnumerable<SaltEventBusSetting> Settings(SaltConfiguration configuration, string? minionId)
    {
        var isMaster = configuration.Node == SaltNode.Master;
        var isTcp = configuration.IpcMode.Value == IpcMode.Tcp;
        yield return Setting("ipc_mode", isTcp ? "tcp" : "ipc", configuration.IpcMode.Origin);
        if (isTcp)
        {
            yield return Setting(
                isMaster ? "tcp_master_pub_port" : "tcp_pub_port",
                Text(configuration.PubPort.Value),
                configuration.PubPort.Origin
            );
            yield return Setting(
                isMaster ? "tcp_master_pull_port" : "tcp_pull_port",
                Text(configuration.PullPort.Value),
                configuration.PullPort.Origin
            );
            yield break;
        }

        yield return Setting("sock_dir", configuration.SockDir.Value, configuration.SockDir.Origin);
        if (isMaster)
        {
            yield break;
        }

        if (minionId is not null)
        {
            yield return new SaltEventBusSetting("id", minionId, "-MinionBus");
        }
        else if ((configuration.HashId ?? BusLocator.KnownId(configuration)) is { } id)
        {
            yield return Setting(configuration.HashId is null ? "id" : "hash_id", id.Value, id.Origin);
            yield return Setting("hash_type", configuration.HashType.Value, configuration.HashType.Origin);
        }
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static SaltEventBusSetting Setting(string name, string value, SettingOrigin origin) => new(name, value, origin.ToString());
}
