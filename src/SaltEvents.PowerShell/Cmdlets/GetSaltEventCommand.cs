using System;
using System.Management.Automation;
using SaltEvents.Base;
using SaltEvents.Core.Client;
using SaltEvents.Selection;

namespace SaltEvents.Cmdlets;

/// <summary>
/// Waits for one event, or a few, and returns them. If none arrives in time there is no output and no error, as in Salt.
/// </summary>
[Cmdlet(VerbsCommon.Get, "SaltEvent", DefaultParameterSetName = BusSets.Node)]
[OutputType(typeof(SaltEvent))]
public sealed class GetSaltEventCommand : SubscribeCommand
{
    /// <summary>
    /// How long to wait: seconds (fractions too), or a TimeSpan. 0 takes what a session has kept, and does not wait; -1 or Infinite waits
    /// without end.
    /// </summary>
    [Parameter(Position = 1)]
    [WaitTime]
    public Seconds Wait { get; set; } = new(5);

    /// <summary>How many events to wait for; with -Until and without it, any number.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; } = 1;

    /// <summary>Returns only the payload, not the whole event.</summary>
    [Parameter]
    public SwitchParameter DataOnly { get; set; }

    // Everything that is waited for has room while a script uses what has come.
    private protected override EventBusClientOptions OptionsFor(SelectedBus bus) =>
        ClientOptions with { QueueSize = Math.Max(ClientOptions.QueueSize, Count) };

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var events = OpenEvents(DataOnly);
        events.Write(Wait, Until is null || IsGiven(nameof(Count)) ? Count : int.MaxValue);
    }
}
