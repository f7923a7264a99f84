using System;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using SaltEvents.Core.Client;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Nats;
using SaltEvents.Execution;
using SaltEvents.Objects;

namespace SaltEvents.Base;

/// <summary>Writes the events of a source to the pipeline, and reports losses and changes of the connection.</summary>
internal sealed class EventWriter(CancellableCmdlet command, OpenedSource opened, bool dataOnly = false, bool includeStatus = false)
{
    private readonly IEventSource source = opened.Source;
    private readonly DropCounter losses = opened.Losses;
    private readonly SeenEvents seen = SeenEvents.Current;

    /// <summary>Ends the writing after the event for which it is true; null if there is no such condition.</summary>
    public ScriptBlock? Until { get; init; }

    /// <summary>Whether the last event that was written is the one with which the writing ends.</summary>
    public bool IsOver { get; private set; }

    /// <summary>What has happened if no more can arrive.</summary>
    public string EndOfSource => opened.Session is null ? "the bus went away" : "the session ended";

    private CancellationToken UnreportedOverrun => opened.Overruns.Select(o => o.Unreported).FirstOrDefault(t => t.CanBeCanceled);

    /// <summary>Writes events as they arrive, up to this number and for this time; for no time, those that have already arrived.</summary>
    public void Write(Seconds time, long count)
    {
        if (time.Time == TimeSpan.Zero)
        {
            WriteArrived(count);
        }
        else
        {
            WriteUntil(Deadline.After(time), count);
        }
    }

    /// <summary>Writes events as they arrive, up to this number, until the deadline or until no more can arrive.</summary>
    public void WriteUntil(Deadline deadline, long count)
    {
        while (count > 0)
        {
            if (TryWrite())
            {
                count--;
                if (losses.IsLarge)
                {
                    ReportLosses();
                }

                // A busy bus must not outrun the deadline.
                if (deadline.HasPassed || IsOver)
                {
                    break;
                }

                continue;
            }

            if (!Wait(deadline))
            {
                break;
            }
        }

        ReportLosses(isLast: true);
        if (count > 0 && !IsOver && !deadline.HasPassed)
        {
            command.Guard(source.ThrowIfBroken);
        }
    }

    /// <summary>Writes events that have already arrived, up to this number, without waiting.</summary>
    public void WriteArrived(long count)
    {
        if (source is IStoredEvents { IsCaughtUp: false })
        {
            WriteStored(count);
            return;
        }

        // No more than there are now: a busy bus must not keep the command forever.
        for (var left = Math.Min(count, source.Queued); left > 0 && !IsOver && TryWrite(); left--)
        {
            count--;
        }

        ReportStatus();
        ReportLosses(isLast: true);
        losses.EndEpisode();
        if (count > 0 && !IsOver)
        {
            command.Guard(source.ThrowIfBroken);
        }
    }

    private void WriteStored(long count)
    {
        ReadStored(
            saltEvent =>
            {
                Write(saltEvent);
                count--;
            },
            () => count == 0 || IsOver
        );
        ReportPending();
        if (count > 0 && !IsOver)
        {
            command.Guard(source.ThrowIfBroken);
        }
    }

    /// <summary>
    /// Takes what was stored when the source was opened, which the server sends one after the other. Not what comes after it: on a busy
    /// site that has no end.
    /// </summary>
    /// <param name="take">What to do with an event.</param>
    /// <param name="isDone">Whether no more are wanted.</param>
    public void ReadStored(Action<Core.Events.SaltEvent> take, Func<bool> isDone)
    {
        while (source is IStoredEvents { IsCaughtUp: false } stored && !isDone())
        {
            if (TryTake(out var saltEvent))
            {
                take(saltEvent!);
            }
            else if (!stored.IsCaughtUp && !Wait(Deadline.Never))
            {
                break;
            }
        }
    }

    /// <summary>Takes the next event that has arrived, after reporting what happened before it; false if there is none.</summary>
    public bool TryTake(out Core.Events.SaltEvent? saltEvent)
    {
        ReportStatus();
        if (losses.IsBeforeNext)
        {
            ReportLosses();
        }

        while (!source.TryRead(out saltEvent))
        {
            // A change of the connection between two events is not the end.
            if (!ReportStatus())
            {
                return false;
            }
        }

        if (opened.Session?.HasUntil == true)
        {
            opened.Session.EndAfter(new SaltEvent(saltEvent!));
        }

        return true;
    }

    /// <summary>Returns true when something can be read or reported, and false at the deadline or when no more can arrive.</summary>
    public bool Wait(Deadline deadline)
    {
        ReportLosses();
        losses.EndEpisode();
        var limit = includeStatus ? deadline : Deadline.Earlier(deadline, losses.NextWarning);
        return command.Guard(() => limit.WaitToRead(source, command.StopToken, UnreportedOverrun)) || (limit.HasPassed && !deadline.HasPassed);
    }

    /// <summary>Reports the rest, at the end.</summary>
    public void ReportPending()
    {
        ReportStatus();
        ReportLosses(isLast: true);
    }

    /// <summary>Ends the command with an error if the bus went away.</summary>
    public void ThrowIfBroken() => command.Guard(source.ThrowIfBroken);

    private bool TryWrite()
    {
        if (!TryTake(out var saltEvent))
        {
            return false;
        }

        Write(saltEvent!);
        return true;
    }

    /// <summary>Writes an event to the pipeline.</summary>
    public void Write(Core.Events.SaltEvent saltEvent)
    {
        seen.Add(saltEvent);
        var shown = new SaltEvent(saltEvent);
        if (!shown.IsDecodable)
        {
            var problem = saltEvent.Fields.IsWhole ? $"is nested deeper than {FrameLimits.MaxPayloadDepth} levels" : "is not msgpack";
            command.WriteWarning(
                $"The payload of the event {shown.Tag} {problem}, so Data has its bytes. It starts with \"{saltEvent.PreviewPayload()}\"."
            );
        }

        if (dataOnly)
        {
            command.WriteObject(shown.Data, enumerateCollection: false);
        }
        else
        {
            command.WriteObject(shown);
        }

        (source as IStoredEvents)?.Acknowledge();
        IsOver = Until is not null && UntilBlock.IsTrue(Until, shown);
    }

    private bool ReportStatus()
    {
        var reported = false;
        while (source.TryReadStatus(out var status))
        {
            reported = true;
            if (status!.Kind == StreamState.Connected)
            {
                command.WriteVerbose(status.Message);
            }
            else
            {
                command.WriteWarning(status.Message);
            }

            if (includeStatus)
            {
                command.WriteObject(status);
            }
        }

        return reported;
    }

    private void ReportLosses(bool isLast = false)
    {
        foreach (var overrun in opened.Overruns)
        {
            if (overrun.Take() is { } slow)
            {
                command.WriteWarning(slow);
            }
        }

        ReportDropped(isLast);
        if (losses.ReadAndResetMalformed() is var malformed and > 0)
        {
            command.WriteWarning(malformed == 1
                ? $"A message on the bus was skipped. {source.LastMalformed}"
                : $"{malformed} messages on the bus were skipped. The last one: {source.LastMalformed}");
        }
    }

    private void ReportDropped(bool isLast)
    {
        if ((includeStatus ? losses.ReadAndResetDropped() : losses.ReadAndResetDroppedToWarn(isLast)) is not (var dropped and > 0))
        {
            return;
        }

        var message =
            $"{Counted.Were(dropped, "event")} dropped: events arrived faster than the pipeline read them. Use {opened.DescribeLongerQueue(command.MyInvocation.MyCommand.Parameters.ContainsKey("QueueSize"))}, fewer tags (-Tag) or a faster pipeline.";
        if (includeStatus)
        {
            command.WriteObject(new StreamStatus(StreamState.Dropped, DateTime.UtcNow, TimeSpan.Zero, message, dropped));
        }
        else
        {
            command.WriteWarning(message);
        }
    }
}
