using System;
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
    private const string Cure =
        "Name a bus with -Session, -Bus, -SockDir, -PubPort and -PullPort or -ConfigPath, or start one with Start-SaltEventBus.";

    /// <summary>The directory that the environment names; null if it names none.</summary>
    public static string? Directory => IsForbidden ? null : BusSelector.FromEnvironment(BusSelector.Variable);

    /// <summary>Whether the environment forbids every bus that no parameter names.</summary>
    public static bool IsForbidden =>
        string.Equals(BusSelector.FromEnvironment(BusSelector.Variable), None, StringComparison.OrdinalIgnoreCase);

    /// <summary>Refuses the fallback to Salt's own configuration.</summary>
    /// <exception cref="CommandErrorException">It is not allowed here.</exception>
    public static void Require()
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
            throw NoDefaultBus(
                $"There is no longer a default bus: the {last} of this session was stopped or is not suitable, and Salt's own bus is not used instead, so that a test cannot reach it by accident. {Cure}",
                last
            );
        }
    }

    private static CommandErrorException NoDefaultBus(string message, string target) =>
        new(ErrorRecords.Create("NoDefaultBus", ErrorCategory.ObjectNotFound, message, target));
}
