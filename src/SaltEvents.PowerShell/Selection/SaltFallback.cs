using System;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Errors;
using SaltEvents.Objects;

namespace SaltEvents.Selection;

/// <summary>
/// Decides whether a command that names no bus may use Salt's own. It may not in a runspace that has had a bus of its own,
/// where a test script would reach the real Salt after that bus has ended; nor if the environment forbids it for the whole
/// process.
/// </summary>
internal static class SaltFallback
{
    private const string None = "none";
    private const string Instead = "Salt's own is not used instead, so that a test cannot reach it by accident.";
    private const string Cure =
        "Name a bus with -Session, -Bus, -SockDir, -PubPort and -PullPort or -ConfigPath, or start one with Start-SaltEventBus.";

    /// <summary>The directory that the environment names; null if it names none.</summary>
    public static string? Directory => IsForbidden ? null : BusSelector.FromEnvironment(BusSelector.Variable);

    /// <summary>Whether the environment forbids every bus that no parameter names.</summary>
    public static bool IsForbidden =>
        string.Equals(BusSelector.FromEnvironment(BusSelector.Variable), None, StringComparison.OrdinalIgnoreCase);

    /// <summary>Refuses the fallback to Salt's own bus where it is not allowed.</summary>
    /// <exception cref="CommandErrorException">It is not allowed here.</exception>
    public static void Require(BusRequest request)
    {
        if (LastOpen is { } other)
        {
            throw IsSuitable(other, request)
                ? new CommandErrorException(
                    ErrorRecords.ParametersDisagree(WrongTransport(other, request.Transport!.Value, request.TransportSource))
                )
                : NoDefaultBus($"{other} of this session is not the bus of {Wanted(request)}, and {Instead} {Cure}", other.ToString());
        }

        RequireOutsideTests();
    }

    /// <summary>Refuses the fallback to Salt's own configuration where it is not allowed.</summary>
    /// <exception cref="CommandErrorException">It is not allowed here.</exception>
    public static void RequireConfiguration(SaltNode node)
    {
        if (LastOpen is { } other)
        {
            throw NoDefaultBus(
                $"{other} of this session has no configuration of a {(node == SaltNode.Master ? "master" : "minion")}, and {Instead} Name the configuration with -ConfigPath.",
                other.ToString()
            );
        }

        RequireOutsideTests();
    }

    /// <summary>Says that a bus does not have the transport of a parameter, and what to do.</summary>
    public static string WrongTransport(object bus, SaltTransport transport, string source) =>
        source == "-Transport"
            ? $"{bus} does not use {transport}. Omit -Transport."
            : $"{source} is for a bus with the transport {transport} here, and {bus} does not use that. Omit {source}, or name the bus that it is for.";

    // But for what it speaks.
    private static bool IsSuitable(SaltEventBus bus, BusRequest request) =>
        (request.SearchedNode is not { } node || bus.Node == node)
        && (request.MinionId is null || bus.MinionId == request.MinionId);

    private static string Wanted(BusRequest request) =>
        request.MinionId is { } id ? $"the minion {id}" : request.SearchedNode == SaltNode.Minion ? "a minion" : "a master";

    private static SaltEventBus? LastOpen => OpenTargets.Current.Open<SaltEventBus>().LastOrDefault();

    private static void RequireOutsideTests()
    {
        if (IsForbidden)
        {
            throw NoDefaultBus(
                $"The environment variable {BusSelector.Variable} is {None}, so commands of this process only use a bus that a parameter names. {Cure}",
                BusSelector.Variable
            );
        }

        if (OpenTargets.Current.LastBus is { } last)
        {
            throw NoDefaultBus($"There is no longer a default bus: the {last} of this session was stopped, and {Instead} {Cure}", last);
        }
    }

    private static CommandErrorException NoDefaultBus(string message, string target) =>
        new(ErrorRecords.Create("NoDefaultBus", ErrorCategory.ObjectNotFound, message, target));
}
