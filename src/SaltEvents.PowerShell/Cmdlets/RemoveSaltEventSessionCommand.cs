using System.Collections.Generic;
using System.Management.Automation;
using SaltEvents.Base;
using SaltEvents.Completion;
using SaltEvents.Errors;
using SaltEvents.Execution;
using SaltEvents.Objects;

namespace SaltEvents.Cmdlets;

/// <summary>Closes sessions and discards their events.</summary>
[Cmdlet(
    VerbsCommon.Remove,
    "SaltEventSession",
    DefaultParameterSetName = "Session",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Low
)]
public sealed class RemoveSaltEventSessionCommand : ModuleCommand, IDynamicParameters
{
    /// <summary>The sessions.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Session")]
    [ValidateNotNullOrEmpty]
    [TargetItems(typeof(SaltEventSession), "is not a session. Give what New-SaltEventSession or Get-SaltEventSession returns, or an id.")]
    [ArgumentCompleter(typeof(TargetIdCompleter))]
    public SaltEventSession[] Session { get; set; } = [];

    /// <summary>The numbers of the sessions.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Id")]
    [ArgumentCompleter(typeof(TargetIdCompleter))]
    public int[] Id { get; set; } = [];

    /// <summary>A default of $PSDefaultParameterValues for -Session gives way to what comes through the pipeline.</summary>
    object? IDynamicParameters.GetDynamicParameters() =>
        Session.Length > 0 && this.CanHaveSet(nameof(Session), Session) ? new PipelineInput<SaltEventSession[]>(given => Session = given ?? []) : null;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        IEnumerable<SaltEventSession> chosen = ParameterSetName == "Id" ? this.FindById<SaltEventSession>(Id) : Session;
        foreach (var session in chosen)
        {
            if (!session.IsLive)
            {
                WriteError(ErrorRecords.NotLive(isSession: true));
            }
            else if (ShouldProcess(session.ToString(), "Remove"))
            {
                session.Close();
            }
        }
    }
}
