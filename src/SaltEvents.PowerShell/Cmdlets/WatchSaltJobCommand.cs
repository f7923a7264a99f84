using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Base;
using SaltEvents.Completion;
using SaltEvents.Core.Jobs;
using SaltEvents.Errors;
using SaltEvents.Execution;
using SaltEvents.Objects;

namespace SaltEvents.Cmdlets;

/// <summary>Follows all jobs of a master and returns each once: when it has ended, or has had no event for too long.</summary>
[Cmdlet(VerbsCommon.Watch, "SaltJob", DefaultParameterSetName = BusSets.Node)]
[OutputType(typeof(SaltJob))]
public sealed class WatchSaltJobCommand : JobCommand
{
    private JobTable table = new();
    private readonly Dictionary<SaltJob, Deadline> running = [];
    private readonly HashSet<SaltJob> ofMinions = []; // those that are known to be of a minion of -MinionId
    private WildcardPattern[] functions = [];
    private WildcardPattern[] minions = [];
    private long count;
    private bool isOver;

    /// <summary>The functions whose jobs to follow; by default all except saltutil.find_job.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Function { get; set; }

    /// <summary>The minions whose jobs to report: one of them should answer, or has answered.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(MinionIdCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? MinionId { get; set; }

    /// <summary>Ends after so many jobs.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long Count { get; set; } = long.MaxValue;

    /// <summary>
    /// Ends after this time: seconds (fractions too), or a TimeSpan. 0 takes what a session has kept, and does not wait; -1 or Infinite, as
    /// when it is not given, has no end.
    /// </summary>
    [Parameter]
    [WaitTime]
    public Seconds Timeout { get; set; } = Seconds.Infinite;

    /// <summary>
    /// How long a job may go without an event: seconds (fractions too), or a TimeSpan. It then times out, with an error. -1 or
    /// Infinite has no end.
    /// </summary>
    [Parameter]
    [WaitTime]
    public Seconds JobTimeout { get; set; } = new(300);

    /// <summary>Ends after the job for which this script block is true; it has the job as $_, and is asked when the job is given.</summary>
    [Parameter]
    [ValidateNotNull]
    public ScriptBlock? Until { get; set; }

    /// <summary>Returns each job when it is first seen. The object changes until the command ends.</summary>
    [Parameter]
    public SwitchParameter AtStart { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // Each session or bus from the pipeline has its own jobs and its own count of them.
        (table, count, isOver) = (new JobTable(), 0, false);
        running.Clear();
        ofMinions.Clear();
        functions = (Function ?? []).Select(f => new WildcardPattern(f)).ToArray();
        minions = (MinionId ?? []).Select(id => new WildcardPattern(id, WildcardOptions.CultureInvariant)).ToArray();
        var events = OpenJobEvents();
        var deadline = Deadline.After(Timeout);
        using var progress = new WaitProgress(this, "Watching jobs", deadline);
        if (Timeout.Time == TimeSpan.Zero)
        {
            events.ReadStored(Follow, () => IsDone);
        }

        while (!IsDone)
        {
            if (events.TryTake(out var saltEvent))
            {
                Follow(saltEvent!);
                if (deadline.HasPassed && Timeout.Time != TimeSpan.Zero)
                {
                    break; // a busy bus must not outrun the deadline
                }

                continue;
            }

            AbandonSilentJobs();
            progress.Show(
                () => string.Join("; ", running.Keys.Select(JobText.Describe)),
                running.Keys.Sum(j => j.Returned.Length),
                running.Keys.Sum(j => j.Expected.Length)
            );
            var until = Deadline.Earlier(progress.Next, deadline);
            if (deadline.HasPassed || (!events.Wait(until) && !until.HasPassed))
            {
                break;
            }
        }

        progress.End();
        events.ReportPending();
        if (!IsDone)
        {
            foreach (var job in running.Keys.Where(IsOfMinion).ToArray())
            {
                Give(job);
            }

            if (!deadline.HasPassed)
            {
                events.ThrowIfBroken();
            }
        }
    }

    private bool IsDone => isOver || count >= Count;

    private void Follow(Core.Events.SaltEvent saltEvent)
    {
        // Late events of a finished job change the object that was returned.
        if (table.Take(saltEvent) is not { Job: { IsFinished: false } job } seen)
        {
            return;
        }

        var hasWantedFunction = HasWantedFunction(job);
        if (!hasWantedFunction || !MayBeOfMinion(job))
        {
            running.Remove(job);
            if (!hasWantedFunction || job.HasEnded)
            {
                Finish(job); // so that it is not kept forever
            }

            return;
        }

        // The first event of a job may not say yet what it does.
        if (
            job.HasEnded
            || (AtStart && IsOfMinion(job) && (job.Function is not null || (functions.Length == 0 && seen.Kind != JobEventKind.Minions)))
        )
        {
            Give(job);
        }

        if (job.HasEnded)
        {
            running.Remove(job);
            Finish(job);
            Report(job);
        }
        else
        {
            running[job] = Deadline.After(JobTimeout);
        }
    }

    // A job whose function is not known yet is followed, and counted as soon as it is.
    private bool HasWantedFunction(SaltJob job)
    {
        var names = LanguagePrimitives.ConvertTo<string[]>(job.Function) ?? [];
        return functions.Length > 0
            ? names.Length == 0 || names.Any(n => functions.Any(f => f.IsMatch(n)))
            : !names.Contains(JobText.JobOfClients);
    }

    private void Finish(SaltJob job)
    {
        table.Finish(job);
        ofMinions.Remove(job);
    }

    private bool IsOfMinion(SaltJob job) => minions.Length == 0 || ofMinions.Contains(job);

    // Which minions a job is for may not be known yet.
    private bool MayBeOfMinion(SaltJob job)
    {
        if (IsOfMinion(job))
        {
            return true;
        }

        if (job.Expected.Concat(job.Returned).Any(id => minions.Any(m => m.IsMatch(id))))
        {
            return ofMinions.Add(job);
        }

        return !job.HasEnded && !job.AreMinionsKnown;
    }

    private void AbandonSilentJobs()
    {
        foreach (var job in running.Where(r => r.Value.HasPassed).Select(r => r.Key).ToArray())
        {
            running.Remove(job);
            var isOfMinion = IsOfMinion(job);
            Finish(job);
            if (!isOfMinion)
            {
                continue; // it has not been learnt for which minions it is
            }

            job.GiveUp();
            Give(job);
            Report(job);
        }
    }

    private void Give(SaltJob job)
    {
        if (!job.IsGiven)
        {
            job.IsGiven = true;
            count++;
            WriteObject(job);
            isOver |= Until is not null && UntilBlock.IsTrue(Until, job);
        }
    }

    private void Report(SaltJob job) => JobProblems.Find(job, Waited.For(JobTimeout.Time, "-JobTimeout")).ToList().ForEach(WriteError);
}
