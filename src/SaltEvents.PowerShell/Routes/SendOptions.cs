using SaltEvents.Base;

namespace SaltEvents.Routes;

/// <summary>What the parameters of a command say about sending on a bus.</summary>
internal sealed record SendOptions
{
    /// <summary>How events are written to the bus.</summary>
    public SaltFraming Framing { get; init; }

    /// <summary>How a ZeroMQ bus marks the end of a tag; null if it is to be detected.</summary>
    public SaltTagForm? TagForm { get; init; }

    /// <summary>The version of Salt on the bus; null if it is not known.</summary>
    public string? SaltVersion { get; init; }

    /// <summary>Keeps the time in a payload that has one.</summary>
    public bool KeepsTimestamp { get; init; }

    /// <summary>Writes each event to the pipeline as it was sent.</summary>
    public bool PassesThru { get; init; }
}
