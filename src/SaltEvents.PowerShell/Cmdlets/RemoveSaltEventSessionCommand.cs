using System.Collections.Generic;
using System.Management.Automation;
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
public sealed class RemoveSaltEventSessionCommand : ModuleCommand
{
    /// <summary>The sessions.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Session")]
    [ValidateNotNullOrEmpty]
    public SaltEventSession[] Session { get; set; } = [];

    /// <summary>The numbers of the sessions.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Id")]
    [ArgumentCompleter(typeof(TargetIdCompleter))]
    public int[] Id { get; set; } = [];

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
