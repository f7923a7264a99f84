using System.Management.Automation;
using SaltEvents.Completion;
using SaltEvents.Execution;
using SaltEvents.Objects;

namespace SaltEvents.Cmdlets;

/// <summary>Lists the relays that this runspace runs, and warns about the events that they dropped.</summary>
[Cmdlet(VerbsCommon.Get, "SaltEventRelay")]
[OutputType(typeof(SaltEventRelay))]
public sealed class GetSaltEventRelayCommand : ModuleCommand
{
    /// <summary>The numbers of the relays; all if it is not given.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(TargetIdCompleter))]
    [ValidateNotNullOrEmpty]
    public int[]? Id { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var relay in this.FindById<SaltEventRelay>(Id))
        {
            WriteObject(relay);
            if (relay.ReadAndResetDropped() is { } dropped)
            {
                WriteWarning(dropped);
            }
        }
    }
}
