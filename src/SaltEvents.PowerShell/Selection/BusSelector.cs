using System;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using SaltEvents.Base;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;
using SaltEvents.Errors;
using SaltEvents.Objects;

namespace SaltEvents.Selection;

/// <summary>
/// Chooses the bus of a command: what a parameter says; else the bus that this runspace started last; else the environment
/// variable SALTEVENTS_SOCKDIR (a sock_dir); else, where that is allowed (<see cref="SaltFallback"/>), SALTEVENTS_CONFIGPATH (as
/// -ConfigPath); else Salt's configuration on this machine, a master's bus before a minion's, one that runs before one that
/// does not; else Salt's default place.
/// </summary>
internal static class BusSelector
{
    public const string Variable = "SALTEVENTS_SOCKDIR";
    public const string ConfigurationVariable = "SALTEVENTS_CONFIGPATH";

    /// <summary>The bus; one that cannot be used has its problem in it.</summary>
    /// <exception cref="CommandErrorException">The parameters contradict each other, or name the bus of the wrong kind of node.</exception>
    /// <exception cref="SaltConfigurationException">Salt's configuration cannot be used.</exception>
    public static SelectedBus Select(BusCommand command, SaltNode? required, CancellationToken token)
    {
        RefuseContradictions(command);
        var node = (command.Node ?? required) ?? (command.MinionBus is null ? null : SaltNode.Minion);
        var selected = Over(command, Choose(command, node, token));
        var wanted = required ?? node;
        if (wanted is null || selected.Node is null || selected.Node == wanted)
        {
            return selected;
        }

        var name = Name(wanted);
        throw WrongNode(command, $"A {name}'s bus is needed here, but {selected.Endpoint.PubText} is a {Name(selected.Node)}'s. Name the {name}'s with -Bus or -SockDir.");
    }

    // Where a bus was named by its place, that does not say what it speaks; a bus of this process and a session do.
    private static SelectedBus Over(BusCommand command, SelectedBus selected)
    {
        if (command.RequiredTransport is not { } transport || transport == selected.Endpoint.Protocol.Transport)
        {
            return selected;
        }

        if (selected.Own is not null || selected.Session is not null)
        {
            throw Refuse($"{(object?)selected.Own ?? selected.Session} does not speak {transport}. Leave -Transport out.");
        }

        return selected with { Endpoint = selected.Endpoint with { Protocol = BusProtocol.From(transport) } };
    }

    private static string Name(SaltNode? node) => node == SaltNode.Master ? "master" : "minion";

    /// <summary>The directory or file that the environment names; null where it names none.</summary>
    public static string? FromEnvironment(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } path ? path : null;

    private static SelectedBus Choose(BusCommand command, SaltNode? node, CancellationToken token)
    {
        if (command.Given is { } target)
        {
            return Of(target, target is SaltEventSession ? "-Session" : "-Bus");
        }

        if (command.PubPort > 0 || command.PullPort > 0)
        {
            return AtPorts(command, node);
        }

        if (command.SockDir is not null)
        {
            return In(command.GetUnresolvedProviderPathFromPSPath(command.SockDir), node, command.MinionBus, "-SockDir");
        }

        if (command.ConfigPath is not null)
        {
            return ConfiguredBus.Choose(ConfigurationSearch.PlacesAt(command.GetUnresolvedProviderPathFromPSPath(command.ConfigPath), node), command.MinionBus, "-ConfigPath", token);
        }

        var last = OpenTargets.Current.Open<SaltEventBus>().LastOrDefault(bus =>
            (command.RequiredTransport ?? bus.Transport) == bus.Transport && (node is null || bus.Node == node) && (command.MinionBus is null || bus.MinionId == command.MinionBus));
        return last is not null ? Of(last, "started last in this session") : OfMachine(node, command.MinionBus, token);
    }

    private static SelectedBus OfMachine(SaltNode? node, string? minionId, CancellationToken token)
    {
        if (SaltFallback.Directory is { } directory)
        {
            return In(directory, node, minionId, "environment variable " + Variable);
        }

        SaltFallback.Require();
        if (FromEnvironment(ConfigurationVariable) is { } path)
        {
            return ConfiguredBus.Choose(ConfigurationSearch.PlacesAt(path, node), minionId, "environment variable " + ConfigurationVariable, token);
        }

        if (ConfigurationSearch.PlacesOnMachine(node) is { Count: > 0 } found)
        {
            return ConfiguredBus.Choose(found, minionId, "Salt's configuration", token);
        }

        var bus = Default(node, minionId, SaltPlaces.IsWindows);
        return ConfigurationSearch.WhyHidden(SaltPlaces.Configuration) is { } hidden ? bus with { Why = $"{bus.Why}. {hidden.Message.TrimEnd('.')}" } : bus;
    }

    private static SelectedBus Of(SaltEventTarget target, string why) => !target.IsLive ? throw new CommandErrorException(ErrorRecords.NotLive(target)) : new(target.Endpoint, target.Node, why, target as SaltEventSession, target as SaltEventBus)
    {
        Api = (target as SaltEventSession)?.Api,
        Configuration = (target as SaltEventFoundBus)?.Configuration,
        Settings = [new SaltEventBusSetting("bus", target.ToString()!, why)],
        Problem = target.IsOpen
            ? null
            : new CommandErrorException(ErrorRecords.Of("TargetClosed", ErrorCategory.InvalidOperation, $"{target} is closed. Open a new one with New-SaltEventSession or Start-SaltEventBus.", target)),
    };

    private static SelectedBus AtPorts(BusCommand command, SaltNode? node)
    {
        var host = command.HostName ?? TcpBusAddress.Loopback;
        BusAddress At(int port) => port > 0 ? new TcpBusAddress(host, port) : BusAddress.Unknown;
        var endpoint = new BusEndpoint(At(command.PubPort), At(command.PullPort));
        var ports = new[] { (Name: "pub port", Value: command.PubPort, Origin: "-PubPort"), (Name: "pull port", Value: command.PullPort, Origin: "-PullPort") };
        return new SelectedBus(endpoint, node, "-PubPort and -PullPort")
        {
            Settings = ports.Where(p => p.Value > 0).Select(p => new SaltEventBusSetting(p.Name, p.Value.ToString(CultureInfo.InvariantCulture), p.Origin)).ToArray(),
        };
    }

    private static SelectedBus In(string directory, SaltNode? node, string? minionId, string why)
    {
        var settings = new[] { new SaltEventBusSetting("sock_dir", directory, why) };
        try
        {
            var found = SocketDirectory.Find(directory, node, minionId);
            return new SelectedBus(found.Endpoint, found.Node, why) { Settings = settings };
        }
        catch (SaltEventException e)
        {
            var wanted = node == SaltNode.Minion ? ConfiguredBus.Unknown(directory) : SocketNames.Master(directory);
            return new SelectedBus(wanted, node, why) { Settings = settings, Problem = e };
        }
    }

    // No master runs on Windows.
    internal static SelectedBus Default(SaltNode? node, string? minionId, bool isWindows)
    {
        if (isWindows)
        {
            var kind = node ?? SaltNode.Minion;
            return new SelectedBus(SocketNames.DefaultTcp(kind), kind, "Salt's default ports on Windows")
            {
                Settings = [new SaltEventBusSetting("ports", SocketNames.DefaultTcp(kind).ToString(), "default")],
            };
        }

        var directory = node == SaltNode.Minion ? SocketNames.MinionDirectory : SocketNames.MasterDirectory;
        return In(directory, node ?? SaltNode.Master, minionId, "Salt's default directory");
    }

    private static void RefuseContradictions(BusCommand command)
    {
        if (command.SockDir is not null && PlatformText.Current.SockDirRefusal is { } refusal)
        {
            throw new CommandErrorException(ErrorRecords.UnixSocketsNotSupported(refusal, command.SockDir));
        }

        if (command.HostName is not null && command.PubPort == 0 && command.PullPort == 0)
        {
            throw Refuse("-HostName names the host of a bus in TCP mode; give its -PubPort (to listen) or -PullPort (to fire) too.");
        }

        if (command.MinionBus is not null && command.Node == SaltNode.Master)
        {
            throw Refuse("-MinionBus chooses among the buses of minions in a directory; it does not go with -Node Master.");
        }
    }

    private static CommandErrorException WrongNode(BusCommand command, string message) =>
        new(ErrorRecords.Of("WrongNode", ErrorCategory.InvalidArgument, message, command.Given));

    private static CommandErrorException Refuse(string message) =>
        new(ErrorRecords.ParametersDisagree(message));
}
