using System.Globalization;
using System.Management.Automation;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;
using SaltEvents.Errors;

namespace SaltEvents.Selection;

/// <summary>Resolves -Master: a bus or session object, a master's sock_dir, or host:port of its pull port.</summary>
internal static class MasterTarget
{
    /// <param name="command">The command.</param>
    /// <param name="master">What was given.</param>
    /// <param name="isZeroMq">Whether a master that is named by its location speaks ZeroMQ.</param>
    /// <exception cref="CommandErrorException">It is none of these.</exception>
    public static BusEndpoint Resolve(PSCmdlet command, object master, bool isZeroMq)
    {
        var endpoint = Resolve(command, master);
        // An object knows what its bus speaks; a location does not.
        return isZeroMq && (master is PSObject wrapped ? wrapped.BaseObject : master) is string
            ? endpoint with { Protocol = BusProtocol.ZeroMq }
            : endpoint;
    }

    private static BusEndpoint Resolve(PSCmdlet command, object master)
    {
        switch (master is PSObject wrapped ? wrapped.BaseObject : master)
        {
            case SaltEventTarget { IsLive: false } standIn:
                throw new CommandErrorException(ErrorRecords.NotLive(standIn is SaltEventSession));
            case SaltEventTarget { Node: SaltNode.Minion } minion:
                throw InvalidMaster($"{minion} is a minion's bus. -Master must be a master's.", master);
            case SaltEventTarget { Endpoint.Pull.IsKnown: false } withoutPull:
                throw InvalidMaster(
                    $"The pull port of {withoutPull} is not known, and -Master needs it. Give host:port of the master's pull port.",
                    master
                );
            case SaltEventSession { Api: not null } remote:
                throw InvalidMaster($"{remote} is over salt-api. -Master must be a bus on this computer.", master);
            case SaltEventTarget target:
                return target.Endpoint;
            case string text when TryParse(text, out var address):
                return new BusEndpoint(BusAddress.Unknown, address!); // pub is not known, so the format that the bus accepts is not found out
            case string directory:
                // The bus waits for a master that is away, so its directory need not have a bus yet.
                return SocketNames.Master(command.GetUnresolvedProviderPathFromPSPath(directory));
            default:
                throw InvalidMaster(
                    "-Master must be a bus of Start-SaltEventBus, a session, the path of a master's sock_dir, or host:port of its pull port.",
                    master
                );
        }
    }

    private static bool TryParse(string text, out TcpBusAddress? address)
    {
        var colon = text.LastIndexOf(':');
        var isAddress = colon > 0
            && text.IndexOfAny(['/', '\\']) < 0
            && int.TryParse(text.Substring(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is > 0 and <= 65535;
        address = isAddress
            ? new TcpBusAddress(text.Substring(0, colon).Trim('[', ']'), int.Parse(text.Substring(colon + 1), CultureInfo.InvariantCulture))
            : null;
        return isAddress;
    }

    private static CommandErrorException InvalidMaster(string message, object target) =>
        new(ErrorRecords.Create("InvalidMaster", ErrorCategory.InvalidArgument, message, target));
}
