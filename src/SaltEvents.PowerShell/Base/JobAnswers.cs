using System;
using System.Collections.Generic;
using System.Linq;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Master;
using SaltEvents.Output;

namespace SaltEvents.Base;

/// <summary>The minions' answers to jobs, as they come on the master's bus: salt/job/JobId/ret/minion.</summary>
internal sealed class JobAnswers(StoppableCommand command, EventSubscription subscription)
{
    /// <summary>What to subscribe to before a job is published.</summary>
    public static TagFilter Filter { get; } = new(["salt/job/*/ret/*"], TagMatch.FnMatch);

    /// <summary>Waits until all minions have answered, at most until the deadline.</summary>
    public IReadOnlyList<SaltMinionAnswer> Wait(PublishedJob job, Deadline deadline)
    {
        var start = $"salt/job/{job.JobId}/ret/";
        var answers = new Dictionary<string, SaltMinionAnswer>(StringComparer.Ordinal);
        var missing = new HashSet<string>(job.Minions, StringComparer.Ordinal);
        while (missing.Count > 0 && command.Guard(() => deadline.WaitToRead(subscription, command.StopToken)))
        {
            while (subscription.TryRead(out var saltEvent))
            {
                if (saltEvent!.Tag.StartsWith(start, StringComparison.Ordinal))
                {
                    var id = saltEvent.Tag.Substring(start.Length);
                    answers[id] = Of(id, saltEvent);
                    missing.Remove(id);
                }
            }
        }

        if (missing.Count > 0 && !deadline.HasPassed)
        {
            command.Guard(subscription.ThrowIfBroken);
        }

        return job.Minions.Concat(answers.Keys).Distinct(StringComparer.Ordinal)
            .Select(id => answers.TryGetValue(id, out var answer) ? answer : new SaltMinionAnswer(id, answered: false, fired: false, returned: null))
            .ToArray();
    }

    private static SaltMinionAnswer Of(string minionId, Core.Events.SaltEvent saltEvent)
    {
        object? returned = null;
        try
        {
            saltEvent.Fields.TryGetValue("return", out returned);
        }
        catch (EventFormatException)
        {
            // An answer that cannot be read does not say that the event was fired.
        }

        return new SaltMinionAnswer(minionId, answered: true, fired: returned is true, PayloadObjects.ToData(returned));
    }
}
