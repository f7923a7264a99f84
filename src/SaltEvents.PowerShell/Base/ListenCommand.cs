using System;
using System.Management.Automation;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Errors;
using SaltEvents.Input;

namespace SaltEvents.Base;

/// <summary>What the cmdlets that listen share: which events, in what form, and telling of what was lost.</summary>
public abstract class ListenCommand : BusCommand
{
    private EventBusClient? client;
    private EventSubscription? subscription;
    private LossReport? losses;

    private protected ListenCommand()
    {
    }

    /// <summary>
    /// The tags of which an event must match any; every event where it is not given. Without wildcards a tag is a prefix,
    /// as in Salt; with *, ? or [ it must match the whole tag. Case-sensitive.
    /// </summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(TagCompleter))]
    [ValidateNotNull]
    public string[] Tag { get; set; } = [];

    /// <summary>How the tags are compared, as Salt's event_match_type.</summary>
    [Parameter]
    public SaltTagMatch MatchType { get; set; }

    /// <summary>Gives the payload alone, not the whole event.</summary>
    [Parameter]
    public SwitchParameter DataOnly { get; set; }

    /// <summary>Opens what the parameters name: from here on no matching event is missed.</summary>
    private protected IEventSource OpenSource()
    {
        var bus = SelectBus();
        var filter = ParseTags(Tag, MatchType);
        if (bus.Session is { } session)
        {
            losses = session.Losses;
            return session.Matching(filter);
        }

        var source = Subscribe(bus, filter);
        losses = new LossReport(source, ClientOptions.QueueSize);
        return source;
    }

    /// <summary>Writes events as they arrive, at most so many, until the deadline or until the bus goes away.</summary>
    private protected void WriteEvents(IEventSource source, Deadline deadline, long count)
    {
        while (count > 0)
        {
            if (source.TryRead(out var saltEvent))
            {
                Write(saltEvent!);
                count--;
                if (losses!.IsLarge)
                {
                    ReportLosses();
                }

                // A busy bus must not outrun the deadline.
                if (deadline.HasPassed)
                {
                    break;
                }

                continue;
            }

            ReportLosses();
            if (!Guard(() => deadline.WaitToRead(source, StopToken)))
            {
                break;
            }
        }

        ReportLosses();
        if (count > 0 && !deadline.HasPassed)
        {
            Guard(source.ThrowIfBroken);
        }
    }

    /// <summary>Writes what has arrived already, at most so many, and waits for nothing.</summary>
    private protected void WriteArrived(IEventSource source, long count)
    {
        // No more than there are now: a busy bus must not keep the command for ever.
        var left = Math.Min(count, source.Queued);
        for (; left > 0 && source.TryRead(out var saltEvent); left--)
        {
            Write(saltEvent!);
        }

        ReportLosses();
        if (source.Queued == 0)
        {
            Guard(source.ThrowIfBroken);
        }
    }

    private protected override void CloseOwn()
    {
        subscription?.Dispose();
        client?.Dispose();
    }

    private EventSubscription Subscribe(SelectedBus bus, TagFilter filter)
    {
        RequirePort(bus.Endpoint.Pub, nameof(PubPort), "to listen");
        client = new EventBusClient(bus.Endpoint, ClientOptions);
        return subscription = Run(token => client.SubscribeAsync(filter, token));
    }

    private void Write(Core.Events.SaltEvent saltEvent)
    {
        var shown = new SaltEvent(saltEvent);
        if (DataOnly)
        {
            WriteObject(shown.Data, enumerateCollection: false);
        }
        else
        {
            WriteObject(shown);
        }
    }

    private void ReportLosses()
    {
        foreach (var warning in losses!.Take())
        {
            WriteWarning(warning);
        }
    }
}
