using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Base;
using SaltEvents.Completion;
using SaltEvents.Core.Client;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;
using SaltEvents.Errors;
using SaltEvents.Execution;
using SaltEvents.Objects;
using SaltEvents.Selection;

namespace SaltEvents.Cmdlets;

/// <summary>
/// Waits for events, if minions are named from each of them, and returns them as they arrive. What does not arrive in time
/// is an error. The script block of -Trigger runs after the command has subscribed.
/// </summary>
[Cmdlet(VerbsLifecycle.Wait, "SaltEvent", DefaultParameterSetName = BusSets.Node)]
[OutputType(typeof(SaltEvent))]
public sealed class WaitSaltEventCommand : SubscribeCommand
{
    private EventCopies copies = new();
    private readonly Dictionary<string, int> missing = new(StringComparer.Ordinal);
    private int senders; // from which events are to come; 1 if none are named
    private int received;
    private bool isOver;
    private WaitProgress? progress;

    /// <summary>
    /// How long to wait, from the end of -Trigger on: seconds (fractions too), or a TimeSpan. 0 takes what has arrived, and does not wait;
    /// -1 or Infinite has no end.
    /// </summary>
    [Parameter(Position = 1)]
    [WaitTime]
    public Seconds Timeout { get; set; } = new(60);

    /// <summary>
    /// How many events to wait for; with -MinionId, from each minion; with -Until and without it, any number. Copies of an event count
    /// once.
    /// </summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; } = 1;

    /// <summary>The minions to wait for.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(MinionIdCompleter))]
    [ValidateNotNullOrEmpty]
    public override string[]? MinionId { get; set; }

    /// <summary>What causes the events: it runs once the command listens.</summary>
    [Parameter]
    [ValidateNotNull]
    public ScriptBlock? Trigger { get; set; }

    private bool IsDone => MinionId is null ? isOver || received == Limit : missing.Count == 0;

    private int Limit => Until is null || IsGiven(nameof(Count)) ? Count : int.MaxValue;

    // How many events are waited for; 0 if that is open.
    private long Expected => Limit == int.MaxValue ? 0 : (long)Limit * senders;

    private string Awaited => string.Join(
        " of ",
        new[]
        {
            Name(string.Empty, string.Empty, Array.TrueForAll(Tag, t => t.Length > 0) ? Tag : null),
            Name("the family ", "the families ", Family),
            Name("the job ", "the jobs ", JobId),
        }
            .OfType<string>()
            .DefaultIfEmpty("any tag")
    );

    private protected override EventBusClientOptions OptionsFor(SelectedBus bus) => ClientOptions with
    {
        ReportsStatus = true,
        // Everything that is waited for has room while -Trigger runs.
        QueueSize = (int)Math.Min(int.MaxValue, Math.Max(ClientOptions.QueueSize, Expected)),
        // A bus that this process runs ends on purpose.
        Reconnect = bus.Own is null,
    };

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // Each session or bus from the pipeline is a wait of its own.
        (copies, received, isOver) = (new EventCopies(), 0, false);
        missing.Clear();
        foreach (var id in MinionId ?? [])
        {
            if (WildcardPattern.ContainsWildcardCharacters(id))
            {
                ThrowTerminatingError(
                    ErrorRecords.ParametersDisagree(
                        $"-MinionId must be the ids of the minions to wait for, but {id} is a pattern. Give complete ids, or use -Tag and -Count instead."
                    )
                );
            }

            missing[id] = Limit;
        }

        senders = Math.Max(1, missing.Count);
        var events = OpenEvents(dataOnly: false);
        if (Trigger is not null)
        {
            TriggerBlock.Run(this, Trigger);
        }

        var deadline = Deadline.After(Timeout);
        using var bar = progress = new WaitProgress(this, $"Waiting for events of {Awaited}", deadline);
        Take(events, deadline);
        progress.End();
        events.ReportPending();
        if (!IsDone)
        {
            if (!deadline.HasPassed)
            {
                events.ThrowIfBroken();
            }

            var waited = deadline.HasPassed ? Waited.For(Timeout.Time, "-Timeout") : Waited.Before(events.EndOfSource);
            WriteError(
                WaitErrors.EventTimeout(DescribeMissing(waited.When), GetRemedy(waited), MinionId is null ? Tag : [.. missing.Keys])
            );
        }
    }

    private void Take(EventWriter events, Deadline deadline)
    {
        while (!IsDone)
        {
            if (events.TryTake(out var saltEvent))
            {
                if (Counts(saltEvent!, out var id))
                {
                    events.Write(saltEvent!);
                    End(id, events.IsOver);
                }

                // A busy bus must not outrun the deadline.
                if (deadline.HasPassed && Timeout.Time != TimeSpan.Zero)
                {
                    break;
                }

                continue;
            }

            progress!.Show(DescribeProgress, received, Expected);
            var until = Deadline.Earlier(progress.Next, deadline);
            if (deadline.HasPassed || (!events.Wait(until) && !until.HasPassed))
            {
                break;
            }
        }
    }

    // Whether the event is one of those that are waited for, and no copy of one that was counted.
    private bool Counts(Core.Events.SaltEvent saltEvent, out string? id)
    {
        id = MinionId is null ? null : EventCondition.MinionOf(new SaltEvent(saltEvent));
        if ((MinionId is not null && (id is null || !missing.ContainsKey(id))) || copies.IsCopy(saltEvent))
        {
            return false;
        }

        received++;
        return true;
    }

    // An event of the minion was given; with it the wait for that minion may be over.
    private void End(string? id, bool isLast)
    {
        if (id is null)
        {
            isOver = isLast;
        }
        else if (--missing[id] == 0 || isLast)
        {
            missing.Remove(id);
        }
    }

    private string DescribeProgress() => MinionId is null
        ? Limit == int.MaxValue ? $"{received} received" : $"{received} of {Limit} received"
        : $"{received} received, missing: {Counted.List(missing.Keys)}";

    private string DescribeMissing(string when) =>
        MinionId is not null ? $"Events of {Awaited}{Wanted} have not arrived from these minions {when}: {Counted.List(missing.Keys)}."
        : IsUntilFalse ? $"-Until was not true for {Counted.Of(received, "event")} of {Awaited} that arrived{(when == "yet" ? string.Empty : $" {when}")}."
        : Limit is 1 or int.MaxValue ? $"No event of {Awaited} has arrived {when}."
        : $"{Limit - received} of {Limit} events of {Awaited} have not arrived {when}.";

    private string GetRemedy(Waited waited)
    {
        if (waited.Longer is not { } longer)
        {
            return "Open another session with New-SaltEventSession.";
        }

        var running = MinionId is null ? string.Empty : missing.Count == 1 ? "that the minion runs" : "that the minions run";
        var and = running.Length > 0 ? $"{running} and " : string.Empty;
        return IsUntilFalse ? $"Check the script block of -Until, or {longer}."
            : Trigger is not null ? $"Check {and}what the -Trigger block has done, or {longer}."
            : Session is not null ? $"Check {and}that such an event is fired on this bus, or {longer}."
            : $"If such an event may come before this command listens, cause it in -Trigger; otherwise {(running.Length > 0 ? $"check {running}, or " : string.Empty)}{longer}.";
    }

    private bool IsUntilFalse => Until is not null && Limit == int.MaxValue && received > 0;

    private static string? Name(string one, string several, string[]? names) =>
        names is { Length: > 0 } ? (names.Length == 1 ? one : several) + Counted.List(names) : null;

    private string Wanted => Until is null ? string.Empty : " for which -Until is true";
}
