using System.Management.Automation;
using SaltEvents.Completion;
using SaltEvents.Execution;
using SaltEvents.Objects;

namespace SaltEvents.Cmdlets;

/// <summary>Lists the sessions that this runspace has open.</summary>
[Cmdlet(VerbsCommon.Get, "SaltEventSession")]
[OutputType(typeof(SaltEventSession))]
public sealed class GetSaltEventSessionCommand : ModuleCommand
{
    /// <summary>The numbers of the sessions; all if it is not given.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(TargetIdCompleter))]
    [ValidateNotNullOrEmpty]
    public int[]? Id { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteObject(this.FindById<SaltEventSession>(Id), enumerateCollection: true);
}
