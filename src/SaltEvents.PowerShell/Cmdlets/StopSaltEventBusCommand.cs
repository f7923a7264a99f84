using System.Collections.Generic;
using System.Management.Automation;
using SaltEvents.Base;
using SaltEvents.Completion;
using SaltEvents.Errors;
using SaltEvents.Execution;
using SaltEvents.Objects;

namespace SaltEvents.Cmdlets;

/// <summary>Stops buses that Start-SaltEventBus runs: those given, else all of this runspace.</summary>
[Cmdlet(
    VerbsLifecycle.Stop,
    "SaltEventBus",
    DefaultParameterSetName = "Bus",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Low
)]
public sealed class StopSaltEventBusCommand : ModuleCommand, IDynamicParameters
{
    /// <summary>The buses; all of this runspace if none is given.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = "Bus")]
    [ValidateNotNullOrEmpty]
    [TargetItems(typeof(SaltEventBus), "is not a bus that this process runs. Give what Start-SaltEventBus or Get-SaltEventBus returns, or an id.")]
    [ArgumentCompleter(typeof(TargetIdCompleter))]
    public SaltEventBus[] Bus { get; set; } = [];

    /// <summary>The numbers of the buses.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Id")]
    [ArgumentCompleter(typeof(TargetIdCompleter))]
    public int[] Id { get; set; } = [];

    /// <summary>A default of $PSDefaultParameterValues for -Bus gives way to what comes through the pipeline.</summary>
    object? IDynamicParameters.GetDynamicParameters() =>
        Bus.Length > 0 && this.CanHaveSet(nameof(Bus), Bus) ? new PipelineInput<SaltEventBus[]>(given => Bus = given ?? []) : null;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var bus in Chosen())
        {
            if (!bus.IsLive)
            {
                WriteError(ErrorRecords.NotLive(isSession: false));
            }
            else if (ShouldProcess(bus.ToString(), "Stop"))
            {
                bus.Close();
                if (bus.ReadAndResetRefusals() is { } refusals)
                {
                    WriteWarning(refusals);
                }
            }
        }
    }

    private IEnumerable<SaltEventBus> Chosen() =>
        ParameterSetName == "Id" ? this.FindById<SaltEventBus>(Id)
        : Bus.Length > 0 ? Bus
        : OpenTargets.Current.OpenLastFirst<SaltEventBus>();
}
