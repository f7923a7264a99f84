using System;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using SaltEvents.Core.Api;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;
using SaltEvents.Errors;
using SaltEvents.Objects;

namespace SaltEvents.Selection;

/// <summary>
/// Chooses the bus of a command: what a parameter says; else the bus that this runspace started last; else the environment
/// variable SALTEVENTS_SOCKDIR (a sock_dir); else, if that is allowed (<see cref="SaltFallback"/>), SALTEVENTS_CONFIGPATH (as
/// -ConfigPath); else Salt's configuration on this machine, a master's bus before a minion's, one that runs before one that
/// does not; else Salt's default place.
/// </summary>
internal static class BusSelector
{
    public const string Variable = "SALTEVENTS_SOCKDIR";
    public const string ConfigurationVariable = "SALTEVENTS_CONFIGPATH";

    /// <summary>The bus; if it cannot be used, with the reason in <see cref="SelectedBus.Problem"/>.</summary>
    /// <exception cref="CommandErrorException">The parameters contradict each other, or name the bus of the wrong kind of node.</exception>
    /// <exception cref="SaltConfigurationException">Salt's configuration cannot be used.</exception>
    /// <exception cref="SaltApiException">The address of the salt-api cannot be used.</exception>
    public static SelectedBus Select(BusRequest request, CancellationToken token)
    {
        if (request.Remote is not null)
        {
            return NatsSelector.IsNats(request.Remote) ? NatsSelector.FromUri(request) : ApiSelector.FromUri(request);
        }

        ValidateParameters(request);
        var selected = ApplyTransport(request, Find(request, token));
        var needed = request.RequiredNode ?? request.SearchedNode;
        if (needed is null || selected.Node is null || selected.Node == needed)
        {
            return selected;
        }

        var name = Name(needed);
        throw new CommandErrorException(
            ErrorRecords.Create(
                "WrongNode",
                ErrorCategory.InvalidArgument,
                $"A {name}'s bus is needed here, but {selected.Endpoint.PubText} is a {Name(selected.Node)}'s. Name the {name}'s with -Bus or -SockDir.",
                request.Target
            )
        );
    }

    // The location of a bus does not show what it speaks; a bus of this process and a session know it.
    private static SelectedBus ApplyTransport(BusRequest request, SelectedBus selected)
    {
        if (request.Transport is not { } transport || transport == selected.Endpoint.Protocol.Transport)
        {
            return selected;
        }

        if (selected.Own is not null || selected.Session is not null)
        {
            throw Disagree(SaltFallback.WrongTransport(((object?)selected.Own ?? selected.Session)!, transport, request.TransportSource));
        }

        return selected with { Endpoint = selected.Endpoint with { Protocol = BusProtocol.From(transport) } };
    }

    private static string Name(SaltNode? node) => node == SaltNode.Master ? "master" : "minion";

    /// <summary>The directory or file that the environment names; null if it names none.</summary>
    public static string? FromEnvironment(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } path ? path : null;

    private static SelectedBus Find(BusRequest request, CancellationToken token)
    {
        var node = request.SearchedNode;
        if (request.Target is { } target)
        {
            return FromTarget(target, target is SaltEventSession ? "-Session" : "-Bus");
        }

        if (request.PubPort > 0 || request.PullPort > 0)
        {
            return FromPorts(request);
        }

        if (request.SockDir is not null)
        {
            return FromSocketDirectory(request.SockDir, node, request.MinionId, "-SockDir");
        }

        if (request.ConfigPath is not null)
        {
            return ConfiguredBus.Choose(ConfigurationSearch.PlacesAt(request.ConfigPath, node), request.MinionId, "-ConfigPath", token);
        }

        var last = OpenTargets
            .Current.Open<SaltEventBus>()
            .LastOrDefault(bus =>
                (request.Transport ?? bus.Transport) == bus.Transport
                && (node is null || bus.Node == node)
                && (request.MinionId is null || bus.MinionId == request.MinionId)
            );
        return last is not null ? FromTarget(last, "started last in this session") : FromMachine(request, token);
    }

    private static SelectedBus FromMachine(BusRequest request, CancellationToken token)
    {
        var (node, minionId) = (request.SearchedNode, request.MinionId);
        if (SaltFallback.Directory is { } directory)
        {
            return FromSocketDirectory(directory, node, minionId, "environment variable " + Variable);
        }

        SaltFallback.Require(request);
        if (FromEnvironment(ConfigurationVariable) is { } path)
        {
            return ConfiguredBus.Choose(
                ConfigurationSearch.PlacesAt(path, node),
                minionId,
                "environment variable " + ConfigurationVariable,
                token
            );
        }

        if (ConfigurationSearch.PlacesOnMachine(node) is { Count: > 0 } found)
        {
            return ConfiguredBus.Choose(found, minionId, "Salt's configuration", token);
        }

        var bus = FromDefaults(node, minionId, SaltPaths.IsWindows);
        return ConfigurationSearch.WhyHidden(SaltPaths.Configuration) is { } hidden
            ? bus with
            {
                Why = $"{bus.Why}. {hidden.Message.TrimEnd('.')}",
            }
            : bus;
    }

    private static SelectedBus FromTarget(SaltEventTarget target, string why) =>
        !target.IsLive
            ? throw new CommandErrorException(ErrorRecords.NotLive(target is SaltEventSession))
            : new(target.Endpoint, target.Node, why, target as SaltEventSession, target as SaltEventBus)
            {
                Api = (target as SaltEventSession)?.Api,
                Nats = (target as SaltEventSession)?.Nats,
                Configuration = (target as SaltEventFoundBus)?.Configuration,
                Settings = [new SaltEventBusSetting("bus", target.ToString()!, why)],
                Problem = target.IsOpen
                    ? null
                    : new CommandErrorException(
                        ErrorRecords.Create(
                            "TargetClosed",
                            ErrorCategory.InvalidOperation,
                            $"{target} is closed. {(target is SaltEventSession ? "Open a new one with New-SaltEventSession" : "Start a new one with Start-SaltEventBus")}.",
                            target
                        )
                    ),
            };

    private static SelectedBus FromPorts(BusRequest request)
    {
        var host = request.HostName ?? TcpBusAddress.Loopback;
        BusAddress At(int port) => port > 0 ? new TcpBusAddress(host, port) : BusAddress.Unknown;
        var endpoint = new BusEndpoint(At(request.PubPort), At(request.PullPort));
        var ports = new[]
        {
            (Name: "pub port", Value: request.PubPort, Origin: "-PubPort"),
            (Name: "pull port", Value: request.PullPort, Origin: "-PullPort"),
        };
        return new SelectedBus(endpoint, request.SearchedNode, "-PubPort and -PullPort")
        {
            Settings = ports
                .Where(p => p.Value > 0)
                .Select(p => new SaltEventBusSetting(p.Name, p.Value.ToString(CultureInfo.InvariantCulture), p.Origin))
                .ToArray(),
        };
    }

    private static SelectedBus FromSocketDirectory(string directory, SaltNode? node, string? minionId, string why)
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
    internal static SelectedBus FromDefaults(SaltNode? node, string? minionId, bool isWindows)
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
        return FromSocketDirectory(directory, node ?? SaltNode.Master, minionId, "Salt's default directory");
    }

    private static void ValidateParameters(BusRequest request)
    {
        if (request.SockDir is not null && PlatformText.Current.SockDirRefusal is { } refusal)
        {
            throw new CommandErrorException(ErrorRecords.UnixSocketsNotSupported(refusal, request.SockDir));
        }

        if (request.HostName is not null && request.PubPort == 0 && request.PullPort == 0)
        {
            throw Disagree(
                "-HostName needs a port: it is the host of a bus in TCP mode. Also give -PubPort to listen or -PullPort to fire."
            );
        }

        if (request.MinionId is not null && request.Node == SaltNode.Master)
        {
            throw Disagree("-MinionBus cannot be used with -Node Master: it chooses among the buses of minions. Omit one of them.");
        }
    }

    private static CommandErrorException Disagree(string message) => new(ErrorRecords.ParametersDisagree(message));
}
