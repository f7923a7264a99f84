using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;

namespace SaltEvents.Selection;

/// <summary>Finds other accounts that can interfere with a bus's sockets.</summary>
internal static class BusTrust
{
    private const int AnyForGroup = 0x38;
    private const int AnyForOthers = 0x07;
    private static readonly ConcurrentDictionary<string, bool> Reported = new();

    /// <summary>The dangers of a bus in words; none in TCP mode and on Windows.</summary>
    public static IEnumerable<string> Risks(BusEndpoint endpoint, SaltNode? node, SaltConfiguration? configuration) =>
        new[] { endpoint.Pub, endpoint.Pull }.OfType<UnixBusAddress>()
            .SelectMany(address => SocketRisk.Find(address.Path, () => SaltUser(node, configuration))).Distinct()
            .Select(risk => $"Another account can interfere with this bus: {risk}. It could read, forge or suppress events.");

    /// <summary>The risks that this process has not reported yet.</summary>
    public static IEnumerable<string> NewRisks(SelectedBus bus) =>
        Risks(bus.Endpoint, bus.Node, bus.Configuration).Where(risk => Reported.TryAdd(risk, true));

    /// <summary>
    /// Warns about a file with a private key that other accounts may use, once a process; nothing on Windows. As for ssh(1), only the
    /// owner of a file is told about its group, which may be the way by which somebody else has shared it.
    /// </summary>
    public static IEnumerable<string> NewKeyRisks(params string?[] files) =>
        from file in files.OfType<string>()
        let status = UnixFileStatus.Read(file)
        where status is not null
            && (status.Bits & (status.OwnerId == UnixAccounts.Current ? AnyForGroup | AnyForOthers : AnyForOthers)) != 0
            && Reported.TryAdd(file, true)
        select $"{file} holds a private key, and its mode {status.Mode} lets other accounts use it. Run chmod 600 on it.";

    // The account in Salt's own configuration, if that can be read and names one. A file of a third account cannot vouch for that one.
    private static string? SaltUser(SaltNode? node, SaltConfiguration? configuration)
    {
        try
        {
            configuration ??= ConfigurationSearch.FindOnMachine(node).FirstOrDefault();
            return configuration?.User is not { Origin.File: { } file } || SocketRisk.FindFile(file) is null
                ? configuration?.User.Value
                : null;
        }
        catch (SaltEventException)
        {
            return null;
        }
    }
}
