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

/// <summary>
/// Waits until jobs have ended and returns them: those of -JobId, those that come through the pipeline, or the one that the script
/// block of -Trigger starts. It listens before any of these runs.
/// </summary>
[Cmdlet(VerbsLifecycle.Wait, "SaltJob", DefaultParameterSetName = BusSets.Node)]
[OutputType(typeof(SaltJob))]
public sealed class WaitSaltJobCommand : JobCommand
{
    private const int MaxShown = 20; // jobs in the progress bar, which is a line

    private readonly JobTable table = new();
    private readonly List<SaltJob> awaited = [];
    private readonly HashSet<SaltJob> asked = []; // the same ones
    private readonly HashSet<SaltJob> waiting = []; // of these, the ones that have not ended
    private readonly HashSet<SaltJob> reached = []; // of which -Until has been true
    private EventWriter? events;
    private WaitProgress? progress;
    private bool hasInput;
    private bool isInputBlank = true;

    /// <summary>The ids of the jobs, or texts that hold them, such as the line that salt --async prints.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Jid")]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(JobIdCompleter))]
    public string[] JobId { get; set; } = [];

    /// <summary>
    /// How long to wait, once the jobs are known: seconds (fractions too), or a TimeSpan. 0 takes what has arrived, and does not wait; -1
    /// or Infinite has no end.
    /// </summary>
    [Parameter]
    [WaitTime]
    public Seconds Timeout { get; set; } = new(60);

    /// <summary>
    /// What starts the job: it runs once the command listens. The job is the one that its output names, else the first that is published.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    public ScriptBlock? Trigger { get; set; }

    /// <summary>
    /// Ends the wait for a job before its end, once this script block is true; it has the job as $_, and is asked after each event of it.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    public ScriptBlock? Until { get; set; }

    /// <inheritdoc/>
    [Parameter(Mandatory = true, ParameterSetName = BusSets.Session)]
    [ValidateNotNull]
    public override SaltEventSession? Session { get; set; } // not from the pipeline: what comes through it names jobs

    /// <inheritdoc/>
    [Parameter(Mandatory = true, ParameterSetName = BusSets.Bus)]
    [ValidateNotNull]
    public override SaltEventAnyBus? Bus { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (Trigger is not null && (IsGiven(nameof(JobId)) || MyInvocation.ExpectingInput))
        {
            ThrowTerminatingError(ErrorRecords.ParametersDisagree("-Trigger starts the job to wait for. Do not give a job as well."));
        }

        if (Trigger is null && !IsGiven(nameof(JobId)) && !MyInvocation.ExpectingInput)
        {
            ThrowTerminatingError(ErrorRecords.ParametersDisagree("The job to wait for is missing. Give -JobId, or -Trigger with a script block that starts it."));
        }

        // Before a command to the left of this one in the pipeline publishes a job.
        events = OpenJobEvents();
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        hasInput |= JobId.Length > 0;
        foreach (var text in JobId)
        {
            var isBlank = text.Trim().Length == 0;
            isInputBlank &= isBlank;
            if (JobTag.FindJobId(text) is { } id)
            {
                Await(id);
            }
            else if (JobText.ReportsNoJob(text))
            {
                WriteError(WaitErrors.NothingPublished("The command before Wait-SaltJob", text));
            }
            else if (!JobText.NamesNoJob(text) && (!isBlank || !MyInvocation.ExpectingInput))
            {
                WriteError(WaitErrors.NoJobId(text));
            }
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (MyInvocation.ExpectingInput && hasInput && isInputBlank)
        {
            WriteError(WaitErrors.NoJobId(string.Empty)); // blank lines around the one with the id are no error
        }

        if (MyInvocation.ExpectingInput && !hasInput)
        {
            WriteWarning(
                "No job came through the pipeline, so nothing is waited for. A program such as salt-run --async names its job on the error stream: add 2>&1 to it, or start it in -Trigger."
            );
        }

        var written = Trigger is null ? [] : RunTrigger(Trigger);
        if (awaited.Count == 0 && written.Any(JobText.ReportsNoJob))
        {
            WriteError(WaitErrors.NothingPublished("The block of -Trigger", JobText.Line(written)));
            return;
        }

        var deadline = Deadline.After(Timeout);
        using var bar = progress = new WaitProgress(this, "Waiting for jobs", deadline);
        // Whoever gives a job has its id.
        RunUnlessStopped(
            () => ReadUntil(deadline),
            () => Trigger is null ? null : WaitErrors.StoppedWaiting([.. awaited.Where(j => !j.HasEnded).Select(j => j.JobId)])
        );
        progress.End();
        events!.ReportPending();
        var isBroken = !deadline.HasPassed && !HaveEnded;
        awaited.ForEach(Give);
        var waited = (isBroken ? Waited.Before(events.EndOfSource) : Waited.For(Timeout.Time, "-Timeout")) with
        {
            Earlier = !IsNats ? null : Since is null ? "give -Since, such as -Since 1h" : "give an earlier -Since",
        };
        awaited.Where(j => j.HasEnded || !reached.Contains(j)).SelectMany(j => JobProblems.Find(j, waited)).ToList().ForEach(WriteError);

        if (isBroken)
        {
            events.ThrowIfBroken();
        }

        if (Trigger is not null && awaited.Count == 0)
        {
            WriteError(WaitErrors.NoJobSeen(waited, JobText.Line(written)));
        }
    }

    private protected override bool TakesTargetFromPipeline => false;

    private bool HaveEnded => (awaited.Count > 0 || Trigger is null) && waiting.Count == 0;

    private bool IsDone(SaltJob job) => job.HasEnded || reached.Contains(job);

    private IReadOnlyList<PSObject> RunTrigger(ScriptBlock trigger)
    {
        ReadArrived(); // what a session has kept is of earlier jobs
        var written = TriggerBlock.Run(this, trigger);
        foreach (var id in written.Select(JobText.FindJobId).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            Await(id);
        }

        return written;
    }

    private void Await(string jobId) => Await(table.Find(jobId));

    private void Await(SaltJob job)
    {
        if (asked.Add(job))
        {
            awaited.Add(job);
            Sort(job);
        }
    }

    // A job that has ended may go on: a syndic may name more minions.
    private void Sort(SaltJob job) => _ = IsDone(job) ? waiting.Remove(job) : waiting.Add(job);

    private void ReadArrived()
    {
        events!.ReadStored(e => table.Take(e), () => false);
        while (events.TryTake(out var saltEvent))
        {
            table.Take(saltEvent!);
        }
    }

    private void ReadUntil(Deadline deadline)
    {
        if (Timeout.Time == TimeSpan.Zero)
        {
            events!.ReadStored(Take, () => HaveEnded);
        }

        while (!HaveEnded)
        {
            if (events!.TryTake(out var saltEvent))
            {
                Take(saltEvent!);
                if (deadline.HasPassed && Timeout.Time != TimeSpan.Zero)
                {
                    break; // a busy bus must not outrun the deadline
                }

                continue;
            }

            ShowProgress();
            var until = Deadline.Earlier(progress!.Next, deadline);
            if (deadline.HasPassed || (!events.Wait(until) && !until.HasPassed))
            {
                break;
            }
        }
    }

    private void Take(Core.Events.SaltEvent saltEvent)
    {
        if (table.Take(saltEvent) is not { } taken)
        {
            return;
        }

        // Before 3008 a job has no event but this to begin with; a command that waits for a job asks after it with jobs of its own.
        if (
            Trigger is not null
            && awaited.Count == 0
            && taken.Kind is (JobEventKind.New or JobEventKind.MasterNew or JobEventKind.BatchProgress)
            && taken.Job.Function is not JobText.JobOfClients
        )
        {
            Await(taken.Job);
        }

        if (!asked.Contains(taken.Job))
        {
            if (awaited.Count > 0)
            {
                table.Forget(taken.Job); // a busy master runs many jobs meanwhile
            }

            return;
        }

        if (Until is not null && !IsDone(taken.Job) && UntilBlock.IsTrue(Until, taken.Job))
        {
            reached.Add(taken.Job);
        }

        Sort(taken.Job);
    }

    private void ShowProgress()
    {
        var (returned, expected) = (awaited.Sum(j => j.Returned.Length), awaited.Sum(j => j.Expected.Length));
        progress!.Show(() => string.Join("; ", awaited.Take(MaxShown).Select(JobText.Describe)), returned, expected);
    }

    // First: what was seen is given, whatever is to be said of it.
    private void Give(SaltJob job)
    {
        if (!IsDone(job))
        {
            job.GiveUp();
        }

        WriteObject(job);
    }
}
