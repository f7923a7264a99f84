using System.Management.Automation;
using SaltEvents.State;

namespace SaltEvents.Cmdlets;

/// <summary>Lists the buses that this runspace runs.</summary>
[Cmdlet(VerbsCommon.Get, "SaltEventBus")]
[OutputType(typeof(SaltEventBus))]
public sealed class GetSaltEventBusCommand : PSCmdlet
{
    /// <summary>The numbers of the buses; all where it is not given.</summary>
    [Parameter(Position = 0)]
    public int[]? Id { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteObject(this.FindById<SaltEventBus>(Id), enumerateCollection: true);
}
