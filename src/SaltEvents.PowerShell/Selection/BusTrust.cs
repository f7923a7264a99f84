using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;

namespace SaltEvents.Selection;

/// <summary>Finds other accounts that can interfere with a bus's sockets.</summary>
internal static class BusTrust
{
    private static readonly ConcurrentDictionary<string, bool> Reported = new();

    /// <summary>The dangers of a bus in words; none in TCP mode and on Windows.</summary>
    public static IEnumerable<string> Risks(BusEndpoint endpoint, SaltNode? node, SaltConfiguration? configuration) =>
        new[] { endpoint.Pub, endpoint.Pull }.OfType<UnixBusAddress>()
            .SelectMany(address => SocketRisk.Find(address.Path, () => SaltUser(node, configuration))).Distinct()
            .Select(risk => $"Another account can interfere with this bus: {risk}. It could read, forge or suppress events.");

    /// <summary>The risks that this process has not reported yet.</summary>
    public static IEnumerable<string> NewRisks(SelectedBus bus) =>
        Risks(bus.Endpoint, bus.Node, bus.Configuration).Where(risk => Reported.TryAdd(risk, true));

    // The account in Salt's own configuration, if that can be read and names one.
    private static string? SaltUser(SaltNode? node, SaltConfiguration? configuration)
    {
        try
        {
            configuration ??= ConfigurationSearch.FindOnMachine(node).FirstOrDefault();
            return configuration?.User.Value;
        }
        catch (SaltEventException)
        {
            return null;
        }
    }
}
