using System;
using System.Collections.Generic;
using System.Linq;
using SaltEvents.Core.Client;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;
using SaltEvents.Core.Jobs;
using SaltEvents.Core.Master;
using SaltEvents.Core.Transport;
using SaltEvents.Errors;
using SaltEvents.Execution;
using SaltEvents.Objects;
using CoreEvent = SaltEvents.Core.Events.SaltEvent;

namespace SaltEvents.Routes;

/// <summary>
/// Collects the minions' answers to one job from the master's bus: salt/job/JobId/ret/minion, before Salt 0.17 the bare
/// JobId. The master names the minions that should answer when it publishes the job. A master of masters knows only its
/// syndics, and these name their minions in events (salt/client/__init__.py, LocalClient.get_iter_returns, 3006.10).
/// </summary>
internal sealed class JobReturnCollector
{
    private const string AnyJobId = "[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]*";
    private const string JobStart = "salt/job/";

    private readonly PublishedJob job;
    private readonly Deadline syndicsNamed;
    private readonly JobMinions minions = new();
    private readonly Dictionary<string, SaltMinionAnswer> answers = new(StringComparer.Ordinal);

    /// <param name="job">The job.</param>
    /// <param name="syndicWait">How long syndics may take to name their minions; zero if there are none.</param>
    public JobReturnCollector(PublishedJob job, TimeSpan syndicWait)
    {
        this.job = job;
        syndicsNamed = Deadline.After(syndicWait);
        minions.Name(job.Minions, syndic: null);
    }

    /// <summary>What to subscribe to before a job is published.</summary>
    public static TagFilter Filter { get; } =
        new(
            [
                "salt/job/*/ret/*",
                "salt/job/*/new",
                AnyJobId,
                "syndic/*/salt/job/*/ret/*",
                "syndic/*/salt/job/*/new",
                "syndic/*/" + AnyJobId,
            ],
            SaltTagMatch.FnMatch
        );

    /// <summary>
    /// What each minion did: those that were named first, then others that answered. A syndic is not a minion.
    /// </summary>
    public IReadOnlyList<SaltMinionAnswer> All =>
        minions
            .Expected.Concat(minions.Returned)
            .Distinct(StringComparer.Ordinal)
            .Select(id =>
                answers.TryGetValue(id, out var answer) ? answer : new SaltMinionAnswer(id, answered: false, fired: false, returned: null)
            )
            .ToArray();

    /// <summary>Writes a job to the pipeline; if the command waits for answers, with the result at each minion.</summary>
    /// <param name="command">The command.</param>
    /// <param name="job">The job.</param>
    /// <param name="target">The minions that it is for.</param>
    /// <param name="tag">The tag of the event on the minions' buses.</param>
    /// <param name="source">The answers; null if nothing waits for them.</param>
    /// <param name="syndicWait">How long syndics may take to name their minions; zero if there are none.</param>
    public static void Write(
        CancellableCmdlet command,
        PublishedJob job,
        JobTarget target,
        string tag,
        IEventSubscription? source,
        TimeSpan syndicWait
    )
    {
        command.WriteVerbose($"The job {job.JobId} is published for {Counted.Of(job.Minions.Count, "minion")}.");
        var result = new SaltMinionJob(job.JobId, tag, target.Expression, target.Type, job.Minions, job.Missing);
        if (source is null || target.Wait is not { } wait)
        {
            command.WriteObject(result);
            ReportUnknown(command, result);
            return;
        }

        var answers = new JobReturnCollector(job, syndicWait);
        command.RunUnlessStopped(
            () => answers.Wait(command, source, Deadline.After(wait)),
            () => WaitErrors.StoppedWaiting(
                [job.JobId],
                $", which is published; {answers.All.Count(a => a.Answered)} of {Counted.Of(answers.All.Count, "minion")} had answered"
            )
        );
        result.Answers = answers.All;
        result.Minions = result.Answers.Select(a => a.MinionId).ToArray();
        result.Missing = job.Missing.Except(result.Minions, StringComparer.Ordinal).ToArray();
        command.WriteObject(result); // before any error about it
        ReportSilent(command, result, source, wait);
        ReportUnknown(command, result);
    }

    /// <summary>Waits until all minions have answered, at most until the deadline or until no more answers can come.</summary>
    public void Wait(CancellableCmdlet command, IEventSource source, Deadline deadline)
    {
        while (!IsComplete && !deadline.HasPassed)
        {
            var until = !minions.ArePending ? Deadline.Earlier(syndicsNamed, deadline) : deadline;
            if (!command.Guard(() => until.WaitToRead(source, command.StopToken)) && !until.HasPassed)
            {
                return; // the bus went away
            }

            while (source.TryRead(out var saltEvent))
            {
                Take(saltEvent!);
            }
        }
    }

    private static void ReportSilent(CancellableCmdlet command, SaltMinionJob job, IEventSubscription source, Seconds wait)
    {
        var silent = job.Answers!.Where(a => !a.Answered).Select(a => a.MinionId).ToArray();
        if (silent.Length > 0 && wait != TimeSpan.Zero)
        {
            var isBroken = source.EndReason != SubscriptionEndReason.None; // which is an error of its own
            var losses =
                source.Dropped > 0
                    ? $" {Counted.Were(source.Dropped, "answer")} dropped because answers arrived faster than they were read: a missing one may be among these."
                    : string.Empty;
            var who = silent.Length == 1 ? "minion has" : "minions have";
            var waited = isBroken ? Waited.Before("the bus went away") : Waited.For(wait.Time, "-Wait");
            var message =
                $"{silent.Length} of {job.Answers!.Count} {who} not answered the job {job.JobId} {waited.When}: {Counted.List(silent)}.{losses}";
            if (isBroken)
            {
                command.WriteWarning(message);
            }
            else
            {
                command.WriteError(WaitErrors.JobTimeout(message, WaitErrors.CheckMinions(silent.Length, waited, job.JobId), job));
            }
        }
        else if (job.Answers!.Count == 0)
        {
            command.WriteError(WaitErrors.NobodyNamed(job.Target, job.JobId));
        }

        try
        {
            source.ThrowIfBroken();
        }
        catch (SaltEventException e)
        {
            command.WriteError(ErrorRecords.From(e, job.JobId, $"The job {job.JobId} was published, but later answers are not known."));
        }
    }

    private static void ReportUnknown(CancellableCmdlet command, SaltMinionJob job)
    {
        if (job.Missing.Count > 0)
        {
            command.WriteError(WaitErrors.MinionNotFound(job.JobId, job.Missing, job));
        }
    }

    private bool IsComplete => !minions.ArePending && syndicsNamed.HasPassed;

    private void Take(CoreEvent saltEvent)
    {
        var (tag, syndic) = SyndicTag.Split(saltEvent.Tag);
        if (tag == job.JobId || tag == $"{JobStart}{job.JobId}/new")
        {
            minions.Name((Field(saltEvent, "minions") as object?[])?.OfType<string>() ?? [], syndic);
        }

        var returns = $"{JobStart}{job.JobId}/ret/";
        if (tag.StartsWith(returns, StringComparison.Ordinal))
        {
            Answer(tag.Substring(returns.Length), saltEvent);
        }
        else if (
            tag == job.JobId
            && saltEvent.Fields.GetNames().Contains("return", StringComparer.Ordinal)
            && Field(saltEvent, "id") is string id
        )
        {
            Answer(id, saltEvent);
        }
    }

    private void Answer(string id, CoreEvent saltEvent)
    {
        var returned = SerializedValue.From(new SaltEvent(saltEvent).Map?.TryGetValue("return"));
        answers[id] = new SaltMinionAnswer(id, answered: true, fired: returned is true, returned);
        minions.Return(id, hasFailed: false);
    }

    // Null if it cannot be read: such an answer does not say that the event was fired.
    private static object? Field(CoreEvent saltEvent, string name)
    {
        try
        {
            return saltEvent.Fields.TryGetValue(name, out var value) ? value : null;
        }
        catch (EventFormatException)
        {
            return null;
        }
    }
}
