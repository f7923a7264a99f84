using System.Management.Automation;
using SaltEvents.Completion;
using SaltEvents.Errors;
using SaltEvents.Execution;
using SaltEvents.Objects;
using SaltEvents.Selection;

namespace SaltEvents.Cmdlets;

/// <summary>
/// Lists the buses that this runspace runs. With -Found it lists those that others run on this machine instead, Salt's own
/// above all: objects of another type, which the other cmdlets take as -Bus and which Stop-SaltEventBus does not take.
/// </summary>
[Cmdlet(VerbsCommon.Get, "SaltEventBus", DefaultParameterSetName = "Own")]
[OutputType(typeof(SaltEventBus), ParameterSetName = ["Own"])]
[OutputType(typeof(SaltEventFoundBus), ParameterSetName = ["Found"])]
public sealed class GetSaltEventBusCommand : CancellableCmdlet
{
    /// <summary>The numbers of the buses; all if it is not given.</summary>
    [Parameter(Position = 0, ParameterSetName = "Own")]
    [ArgumentCompleter(typeof(TargetIdCompleter))]
    [ValidateNotNullOrEmpty]
    public int[]? Id { get; set; }

    /// <summary>
    /// Looks for buses on this machine: by Salt's configuration and in its socket directories. Whether each runs is found out
    /// by connecting to it for a moment. If SALTEVENTS_SOCKDIR is set, only that directory is searched.
    /// </summary>
    [Parameter(ParameterSetName = "Found")]
    public SwitchParameter Found { get; set; }

    /// <summary>Salt's configuration to go by, a directory or a file, in place of this machine's. It implies -Found.</summary>
    [Parameter(ParameterSetName = "Found")]
    [ValidateNotNullOrEmpty]
    public string? ConfigPath { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // A default of -ConfigPath is for the commands that use a bus.
        var searches = Found || (!IsGiven(nameof(Found)) && IsGivenByCaller(nameof(ConfigPath)));
        if (!searches)
        {
            foreach (var bus in this.FindById<SaltEventBus>(Id))
            {
                WriteObject(bus);
                if (bus.ReadAndResetRefusals() is { } refusals)
                {
                    WriteWarning(refusals);
                }
            }

            return;
        }

        var path = ConfigPath is null ? null : GetUnresolvedProviderPathFromPSPath(ConfigPath);
        var finder = new BusFinder(e => WriteError(ErrorRecords.From(e, path)), StopToken);
        Guard(() => WriteObject(finder.Find(path), enumerateCollection: true));
    }
}
