using System.Collections.Generic;
using System.Management.Automation;
using SaltEvents.Base;
using SaltEvents.Completion;
using SaltEvents.State;

namespace SaltEvents.Cmdlets;

/// <summary>Stops buses that Start-SaltEventBus runs: those given, else all of this runspace.</summary>
[Cmdlet(VerbsLifecycle.Stop, "SaltEventBus", DefaultParameterSetName = "All", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
public sealed class StopSaltEventBusCommand : ModuleCommand
{
    /// <summary>The buses.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Bus")]
    [ValidateNotNullOrEmpty]
    public SaltEventBus[] Bus { get; set; } = [];

    /// <summary>The numbers of the buses.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Id")]
    [ArgumentCompleter(typeof(TargetIdCompleter))]
    public int[] Id { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var bus in Chosen())
        {
            if (ShouldProcess(bus.ToString(), "Stop"))
            {
                bus.Close();
                if (bus.TakeRefusals() is { } refusals)
                {
                    WriteWarning(refusals);
                }
            }
        }
    }

    private IEnumerable<SaltEventBus> Chosen() => ParameterSetName switch
    {
        "Bus" => Bus,
        "Id" => this.FindById<SaltEventBus>(Id),
        _ => OpenTargets.Current.OpenLastFirst<SaltEventBus>(),
    };
}
