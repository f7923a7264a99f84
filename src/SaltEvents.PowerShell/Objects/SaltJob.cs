using System;
using System.Linq;
using SaltEvents.Core.Jobs;
using SaltEvents.Objects;
using SaltEvents.Payload.Lazy;

namespace SaltEvents;

/// <summary>
/// A job of a master, a batch, a runner or an orchestration, as its events report it. It changes while the command that returned it
/// runs: late answers of minions still count. Copies of an event, and a second answer of a minion, change nothing.
/// </summary>
public sealed class SaltJob
{
    private readonly JobMinions minions = new();
    private readonly JobStates states = new();
    private bool? succeeded; // what a runner reports about itself
    private bool hasEnded;
    private bool isGivenUp;
    private DateTime? end;

    internal SaltJob(string jobId) => JobId = jobId;

    /// <summary>The job's id.</summary>
    public string JobId { get; }

    /// <summary>The site of its master, over NATS; null on a bus.</summary>
    public string? Site { get; internal set; }

    /// <summary>The function; of several an array; null if no event has reported it.</summary>
    public object? Function { get; private set; }

    /// <summary>The target; null for a runner, and if no event has reported it.</summary>
    public object? Target { get; private set; }

    /// <summary>How the target names minions, as Salt calls it: glob, list, compound, ...</summary>
    public object? TargetType { get; private set; }

    /// <summary>The user who started it.</summary>
    public object? User { get; private set; }

    /// <summary>The minions that are to answer.</summary>
    public string[] Expected => Texts(minions.Expected);

    /// <summary>The minions that have answered, in the order of their answers; also unexpected ones.</summary>
    public string[] Returned => Texts(minions.Returned);

    /// <summary>The minions whose answer is a failure.</summary>
    public string[] Failed => Texts(minions.Failed);

    /// <summary>The minions that are to answer and have not, and those of a list that the master does not know.</summary>
    public string[] Missing => Texts(minions.Missing);

    /// <summary>The states that failed, at all minions.</summary>
    public SaltStateResult[] FailedStates => states.Failed;

    /// <summary>
    /// The states at all minions: those that have run so far, where the site has state_events, and all once a minion has answered.
    /// </summary>
    public SaltStateResult[] States => states.All;

    /// <summary>When its first event was fired, UTC; null before one was seen.</summary>
    public DateTime? StartTime { get; private set; }

    /// <summary>How long it took, by the clock of the master; while it runs, until now.</summary>
    public TimeSpan Elapsed =>
        StartTime is not { } start ? TimeSpan.Zero
        : (end ?? DateTime.UtcNow) - start is var time && time > TimeSpan.Zero ? time
        : TimeSpan.Zero;

    /// <summary>Its progress.</summary>
    public SaltJobState State =>
        HasEnded
            ? succeeded == false || Error is not null || minions.Failed.Length > 0 || minions.Missing.Length > 0
                ? SaltJobState.Failed
                : SaltJobState.Succeeded
            : isGivenUp
                ? SaltJobState.TimedOut
                : SaltJobState.Running;

    /// <summary>Why the master refused it; null if it did not.</summary>
    public string? Error { get; private set; }

    /// <summary>Whether a command has written it to the pipeline.</summary>
    internal bool IsGiven { get; set; }

    /// <summary>Whether a command no longer waits for it.</summary>
    internal bool IsFinished { get; set; }

    internal bool HasEnded => hasEnded || minions.HaveAllReturned;

    /// <summary>Whether the master itself runs it: a runner, an orchestration or a wheel function.</summary>
    internal bool IsOfMaster { get; private set; }

    /// <summary>Whether it is known which minions are to answer.</summary>
    internal bool AreMinionsKnown => minions.AreNamed;

    /// <summary>The minions that are to answer and have not.</summary>
    internal string[] Unanswered => minions.Unanswered;

    /// <summary>The minions of a list that the master does not know.</summary>
    internal string[] Unknown => minions.Unknown;

    /// <summary>How many states have run, of how many; null if that is not known.</summary>
    internal (int Done, int Total)? Progress => states.Progress;

    /// <inheritdoc/>
    public override string ToString() => TerminalText.OneLine(JobId);

    /// <summary>Adds an event of this job.</summary>
    internal void Take(SaltEvent saltEvent, JobTag tag)
    {
        var time = saltEvent.Timestamp ?? DateTime.UtcNow;
        StartTime ??= time;
        Describe(saltEvent.Map);
        IsOfMaster |= tag.Kind is JobEventKind.MasterNew or JobEventKind.MasterStep or JobEventKind.MasterReturn;
        switch (tag.Kind)
        {
            case JobEventKind.Minions when saltEvent.Map?.TryGetValue("id") is string id && saltEvent.Map.Find("return") >= 0:
                Return(id, saltEvent); // Salt before 0.17
                break;
            case JobEventKind.Minions or JobEventKind.New when ListOf(saltEvent.Map, "minions") is { } named:
                minions.Name(named, tag.Syndic);
                minions.MarkMissing(ListOf(saltEvent.Map, "missing") ?? ListedIn(saltEvent.Map));
                break;
            case JobEventKind.Start:
                minions.Expect(tag.MinionId);
                break;
            case JobEventKind.Progress:
                minions.Expect(tag.MinionId);
                states.Take(
                    tag.MinionId,
                    saltEvent.PlainTag.Split('/').ElementAtOrDefault(5) ?? string.Empty,
                    saltEvent.Map?.TryGetValue("data") as LazyMap
                );
                break;
            case JobEventKind.StateError when saltEvent.Map is { } state:
                states.Take(tag.MinionId, state);
                break;
            case JobEventKind.Return:
                Return(tag.MinionId, saltEvent);
                break;
            case JobEventKind.Error:
                MarkRefused(saltEvent.Map?.TryGetValue("error"));
                break;
            case JobEventKind.MasterStep when saltEvent.Map is { } step:
                states.Take(string.Empty, step);
                break;
            case JobEventKind.MasterReturn:
                succeeded = saltEvent.Succeeded is not false;
                states.Return(string.Empty, JobOutcome.StatesOf(saltEvent));
                hasEnded = true;
                break;
            case JobEventKind.BatchProgress or JobEventKind.BatchEnd:
                AddBatch(saltEvent.Map?.TryGetValue("state") as LazyMap);
                hasEnded = tag.Kind == JobEventKind.BatchEnd;
                break;
        }

        end = HasEnded ? end ?? time : null;
    }

    /// <summary>No command waits for it any longer.</summary>
    internal void GiveUp()
    {
        isGivenUp = true;
        end ??= DateTime.UtcNow;
    }

    private void Return(string id, SaltEvent saltEvent)
    {
        minions.Return(id, saltEvent.Succeeded is false);
        states.Return(id, JobOutcome.StatesOf(saltEvent));
    }

    private void MarkRefused(object? error)
    {
        hasEnded = true;
        var message = (error as LazyMap)?.TryGetValue("message") as string ?? error as string ?? "The master has refused the job.";
        Error = SerializedValue.Text(message);
    }

    private void AddBatch(LazyMap? state)
    {
        if (ListOf(state, "all_minions") is { } all)
        {
            minions.Name(all, null);
        }

        if (state?.TryGetValue("done") is LazyMap done)
        {
            foreach (var field in done.Live)
            {
                if (done.GetKey(field) is string id && done.GetValue(field) is LazyMap outcome)
                {
                    minions.Return(id, JobOutcome.HasSucceeded(outcome) is false);
                }
            }
        }
    }

    // The first event that reports it counts: a batch reports it again for each of its parts.
    private void Describe(LazyMap? map)
    {
        Function ??= SerializedValue.From(map?.TryGetValue("fun"));
        User ??= SerializedValue.From(map?.TryGetValue("user"));
        if (TargetType is null && map?.TryGetValue("tgt_type") is { } type)
        {
            (TargetType, Target) = (SerializedValue.From(type), SerializedValue.From(map.TryGetValue("tgt")));
        }
    }

    // Masters before 2018.3 do not report which ids of a list they do not know: those that nobody names.
    private static string[] ListedIn(LazyMap? map) =>
        map?.TryGetValue("tgt_type") as string is not "list" ? []
        : map.TryGetValue("tgt") is string text ? text.Split(',')
        : ListOf(map, "tgt") ?? [];

    private static string[] Texts(string[] ids) => Array.ConvertAll(ids, SerializedValue.Text);

    private static string[]? ListOf(LazyMap? map, string name) => (map?.TryGetValue(name) as LazyList)?.Items.OfType<string>().ToArray();
}
