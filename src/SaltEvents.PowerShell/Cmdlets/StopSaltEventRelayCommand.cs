using System;
using System.Collections.Generic;
using System.Management.Automation;
using SaltEvents.Base;
using SaltEvents.Completion;
using SaltEvents.Execution;
using SaltEvents.Objects;

namespace SaltEvents.Cmdlets;

/// <summary>Stops relays: those given, else all of this runspace. What has been read from the bus is published first.</summary>
[Cmdlet(
    VerbsLifecycle.Stop,
    "SaltEventRelay",
    DefaultParameterSetName = "Relay",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Low
)]
public sealed class StopSaltEventRelayCommand : CancellableCmdlet, IDynamicParameters
{
    /// <summary>The relays; all of this runspace if none is given.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = "Relay")]
    [ValidateNotNullOrEmpty]
    [TargetItems(typeof(SaltEventRelay), "is not a relay. Give what Start-SaltEventRelay or Get-SaltEventRelay returns, or an id.")]
    [ArgumentCompleter(typeof(TargetIdCompleter))]
    public SaltEventRelay[] Relay { get; set; } = [];

    /// <summary>The numbers of the relays.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Id")]
    [ArgumentCompleter(typeof(TargetIdCompleter))]
    public int[] Id { get; set; } = [];

    /// <summary>
    /// How long to publish what waits: seconds (fractions too), or a TimeSpan. What is left then is dropped, with a warning; -1 or Infinite
    /// waits without end.
    /// </summary>
    [Parameter]
    [WaitTime]
    public Seconds Timeout { get; set; } = new(5);

    /// <summary>A default of $PSDefaultParameterValues for -Relay gives way to what comes through the pipeline.</summary>
    object? IDynamicParameters.GetDynamicParameters() =>
        Relay.Length > 0 && this.CanHaveSet(nameof(Relay), Relay) ? new PipelineInput<SaltEventRelay[]>(given => Relay = given ?? []) : null;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var relay in Chosen())
        {
            if (ShouldProcess(relay.ToString(), "Stop"))
            {
                relay.Stop(Timers.Wait(Timeout), StopToken);
                if (relay.ReadAndResetDropped() is { } dropped)
                {
                    WriteWarning(dropped);
                }
            }
        }
    }

    private IEnumerable<SaltEventRelay> Chosen() =>
        ParameterSetName == "Id" ? this.FindById<SaltEventRelay>(Id)
        : Relay.Length > 0 ? Relay
        : OpenTargets.Current.OpenLastFirst<SaltEventRelay>();
}
