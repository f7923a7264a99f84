using System.Management.Automation;
using SaltEvents.Benchmarks.Events;
using SaltEvents.Benchmarks.Peers;

namespace SaltEvents.Benchmarks.Scenarios;

/// <summary>Takes the place of Out-Null where the order is checked; gives the number of events.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "Sequence")]
public sealed class MeasureSequenceCommand : Cmdlet
{
    internal const string Name = "Measure-Sequence";
    private SequenceCheck check = new(PublisherPeer.Period);

    /// <summary>The event; its text is its tag.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public object InputObject { get; set; } = null!;

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        check.Accept((InputObject is PSObject wrapped ? wrapped.BaseObject : InputObject).ToString());

    /// <inheritdoc/>
    protected override void EndProcessing() => WriteObject(check.Received);
}
