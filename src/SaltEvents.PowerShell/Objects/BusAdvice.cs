using System;
using System.Collections.Generic;
using System.Globalization;
using SaltEvents.Core.Api;
using SaltEvents.Core.Client;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Transport;
using SaltEvents.Errors;

namespace SaltEvents.Objects;

/// <summary>Describes what a test of a bus showed, and what to do.</summary>
internal static class BusAdvice
{
    /// <summary>What is wrong; nothing if all is well.</summary>
    /// <param name="result">What the test showed.</param>
    /// <param name="node">Whose bus it is; null if that is not known.</param>
    /// <param name="risks">Which other accounts can interfere with the sockets.</param>
    /// <param name="fired">Whether an event was fired.</param>
    /// <param name="timeout">How long the test waited for it.</param>
    public static IEnumerable<string> DescribeProblems(
        BusTestResult result,
        SaltNode? node,
        IEnumerable<string> risks,
        bool fired,
        TimeSpan timeout
    )
    {
        foreach (var risk in risks)
        {
            yield return risk;
        }

        var (pub, pull) = (result.Pub, result.Pull);
        if (pub.Problem is not null)
        {
            yield return Describe(pub.Problem, node);
        }

        // Usually both have the same problem: once is enough.
        if (pull.Problem is not null && pull.Presence != pub.Presence)
        {
            yield return (pub.Presence == BusPresence.Listening ? "Listening works, but firing does not. " : string.Empty)
                + Describe(pull.Problem, node);
        }

        switch (result.Dialect)
        {
            case SaltEventDialect.ZeroMQ when result.NotASaltBus is not null:
                yield return "This bus speaks ZeroMQ, as Salt before 2016.3 does. Give -Transport ZeroMq.";
                break;
            case SaltEventDialect.NotASaltBus:
                yield return $"The server there is not a Salt event bus: {result.NotASaltBus!.Message} Check that path and ports are not those of another service.";
                break;
            case SaltEventDialect.NoneSeen
            or SaltEventDialect.Map
            or SaltEventDialect.LengthPrefixed
            or SaltEventDialect.ZeroMQ when fired && pub.Problem is null && pull.Problem is null:
                if (result.FireProblem is { } problem)
                {
                    yield return Describe(problem, node);
                }
                else if (result.RoundTrip is null)
                {
                    yield return string.Format(
                        CultureInfo.InvariantCulture,
                        "The fired event did not come back within {0:0.###} s. Check that pub and pull belong to the same bus. If they do, Salt's event publisher hangs, as it does when a listener has stopped reading: end that program, then restart Salt.",
                        timeout.TotalSeconds);
                }

                break;
        }
    }

    /// <summary>What is worth knowing if nothing is wrong.</summary>
    public static IEnumerable<string> DescribeHealth(BusTestResult result, bool fired)
    {
        if (result.Dialect == SaltEventDialect.NoneSeen && !fired && result.Pub.Presence == BusPresence.Listening)
        {
            yield return "Nothing is wrong. The bus sent nothing during the test; use -Fire to see whether it delivers events.";
        }
        else
        {
            yield return "Nothing is wrong.";
        }
    }

    /// <summary>What is worth knowing if nothing is wrong with a salt-api.</summary>
    public static string DescribeHealth(SaltApiTestResult result, bool fired) =>
        result.CanFire == false
            ? "Nothing is wrong. The user may listen, but not fire events. To fire, external_auth on the master must allow '@runner': [event.send]."
        : result.HasEvents || fired ? "Nothing is wrong."
        : "Nothing is wrong. The event stream sent nothing during the test; use -Fire to see whether it delivers events.";

    /// <summary>What is wrong and what to do about it.</summary>
    /// <param name="problem">What is wrong.</param>
    /// <param name="node">Whose bus it is; null if that is not known.</param>
    public static string Describe(Exception problem, SaltNode? node = null)
    {
        if (problem is BusException { Reason: BusReason.NotFound })
        {
            return problem.Message
                + $" Start Salt (for example: {PlatformText.Current.StartSalt(node)}), or name another bus; Get-SaltEventBus -Found lists those of this computer.";
        }

        var record = problem is CommandErrorException command ? command.Record : ErrorRecords.From(problem, null);
        return record.ErrorDetails?.Message ?? record.Exception.Message;
    }
}
