using System;
using System.Collections.Generic;
using System.Management.Automation;
using SaltEvents.Base;
using SaltEvents.Core.Events;
using SaltEvents.Core.Metrics;
using SaltEvents.Errors;
using SaltEvents.Execution;
using SaltEvents.Objects;

namespace SaltEvents.Cmdlets;

/// <summary>Measures events: how many, how fast, from which minions, and how many failures.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "SaltEvent")]
[OutputType(typeof(SaltEventStatistics), typeof(string))]
public sealed class MeasureSaltEventCommand : ModuleCommand
{
    private EventMeter meter = new(null, 0);

    /// <summary>The events.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>Returns a result for each interval: seconds (fractions too), or a TimeSpan. Without it one result at the end.</summary>
    [Parameter]
    [WaitTime]
    public Seconds? Interval { get; set; }

    /// <summary>How many tags and minions to name.</summary>
    [Parameter]
    [ValidateRange(0, 1000)]
    public int Top { get; set; } = 5;

    /// <summary>Returns the counters since the start as text for Prometheus, with the names of salt-exporter.</summary>
    [Parameter]
    public SwitchParameter AsPrometheus { get; set; }

    // A time without end is one over all.
    private TimeSpan? Length => Interval is { IsInfinite: false } interval ? interval.Time : null;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (Length <= TimeSpan.Zero)
        {
            ThrowTerminatingError(
                ErrorRecords.ParametersDisagree("-Interval must be longer than 0, up to 49 days. Omit it for one result at the end.")
            );
        }

        meter = new EventMeter(Length, Top);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (EventInput.From(InputObject) is not { } saltEvent)
        {
            WriteError(ErrorRecords.NotAnEvent(TerminalText.OneLine(InputObject), InputObject));
            return;
        }

        try
        {
            Give(meter.Add(EventObserver.Observe(saltEvent)));
        }
        catch (InvalidEventException e)
        {
            WriteError(ErrorRecords.FromUnsent(e, InputObject)); // a script has put something there that is no payload
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => Give(meter.Finish());

    // A result is written before the event that ends its window counts: the counters for Prometheus are those of that time.
    private void Give(IEnumerable<SaltEventStatistics> results)
    {
        foreach (var result in results)
        {
            WriteObject(AsPrometheus ? meter.Metrics.ToString() : result);
        }
    }
}
