using System;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Transport;
using SaltEvents.Errors;
using SaltEvents.State;

namespace SaltEvents.Base;

/// <summary>
/// Chooses the bus of a command: what a parameter says; else what this runspace opened last; else the environment variable
/// SALTEVENTS_SOCKDIR; else Salt's default place.
/// </summary>
internal static class BusSelector
{
    public const string Variable = "SALTEVENTS_SOCKDIR";

    /// <exception cref="CommandErrorException">The parameters contradict each other, or name the bus of the wrong kind of node.</exception>
    /// <exception cref="SaltEventException">There is no such bus.</exception>
    public static SelectedBus Select(BusCommand command, SaltNode? required)
    {
        RefuseContradictions(command);
        var node = (NodeKind?)(command.Node ?? required) ?? (command.MinionId is null ? null : NodeKind.Minion);
        var selected = Select(command, node);
        var wanted = (NodeKind?)required ?? node;
        if (wanted is null || selected.Node is null || selected.Node == wanted)
        {
            return selected;
        }

        var name = Name(wanted);
        throw new CommandErrorException(ErrorRecords.Of(
            "WrongNode",
            ErrorCategory.InvalidArgument,
            $"A {name}'s bus is needed here, but {selected.Endpoint.Pub} is a {Name(selected.Node)}'s. Name the {name}'s with -Session or -SockDir.",
            command.Session));
    }

    private static string Name(NodeKind? node) => node == NodeKind.Master ? "master" : "minion";

    private static SelectedBus Select(BusCommand command, NodeKind? node)
    {
        if (command.Session is { } target)
        {
            return Of(target, "-Session");
        }

        if (command.PubPort > 0 || command.PullPort > 0)
        {
            var host = command.HostName ?? TcpBusAddress.Loopback;
            var endpoint = new BusEndpoint(new TcpBusAddress(host, command.PubPort), new TcpBusAddress(host, command.PullPort));
            return new SelectedBus(endpoint, node, "-PubPort and -PullPort");
        }

        if (command.SockDir is not null)
        {
            return In(command.GetUnresolvedProviderPathFromPSPath(command.SockDir), node, command.MinionId, "-SockDir");
        }

        var last = OpenTargets.Current.Open<SaltEventTarget>().LastOrDefault(t =>
            t.HasBus && (node is null || t.NodeKind == node) && (command.MinionId is null || (t as SaltEventBus)?.MinionId == command.MinionId));
        if (last is not null)
        {
            return Of(last, "opened last in this session") with { Session = null };
        }

        return Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } directory
            ? In(directory, node, command.MinionId, "environment variable " + Variable)
            : Default(node ?? NodeKind.Master, command.MinionId);
    }

    private static SelectedBus Of(SaltEventTarget target, string why) => target.IsOpen
        ? new SelectedBus(target.Endpoint, target.NodeKind, why, target as SaltEventSession, target as SaltEventBus)
        : throw new CommandErrorException(ErrorRecords.Of("TargetClosed", ErrorCategory.InvalidOperation, $"{target} is closed. Open a new one with New-SaltEventSession or Start-SaltEventBus.", target));

    private static SelectedBus In(string directory, NodeKind? node, string? minionId, string why)
    {
        var found = SocketDirectory.Find(directory, node, minionId);
        return new SelectedBus(found.Endpoint, found.Node, why);
    }

    private static SelectedBus Default(NodeKind node, string? minionId)
    {
        if (Environment.OSVersion.Platform == PlatformID.Win32NT)
        {
            return new SelectedBus(SocketNames.DefaultTcp(node), node, "Salt's default ports on Windows");
        }

        var directory = node == NodeKind.Master ? SocketNames.MasterDirectory : SocketNames.MinionDirectory;
        return In(directory, node, minionId, "Salt's default directory");
    }

    private static void RefuseContradictions(BusCommand command)
    {
        var ways = new[]
        {
            (Given: command.Session is not null, Name: "-Session"),
            (Given: command.SockDir is not null, Name: "-SockDir"),
            (Given: command.PubPort > 0 || command.PullPort > 0, Name: "-PubPort/-PullPort"),
        }.Where(w => w.Given).Select(w => w.Name).ToArray();
        if (ways.Length > 1)
        {
            throw Refuse($"{string.Join(" and ", ways)} each name a bus. Give only one of them.");
        }

        if (command.HostName is not null && command.PubPort == 0 && command.PullPort == 0)
        {
            throw Refuse(command.Session is not null || command.SockDir is not null
                ? $"-HostName is for a bus in TCP mode; {ways[0]} names another. Give one or the other."
                : "-HostName names the host of a bus in TCP mode; give its -PubPort (to listen) or -PullPort (to fire) too.");
        }

        if (command.MinionId is not null && (command.Session is not null || command.PubPort > 0 || command.PullPort > 0 || command.Node == SaltNode.Master))
        {
            throw Refuse($"-MinionId chooses among the buses of minions in a directory; it does not go with {(ways.Length > 0 ? ways[0] : "-Node Master")}.");
        }
    }

    private static CommandErrorException Refuse(string message) =>
        new(ErrorRecords.ParametersDisagree(message));
}
