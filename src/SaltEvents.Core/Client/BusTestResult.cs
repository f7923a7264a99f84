using System;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Client;

/// <summary>What a test of a bus showed.</summary>
public sealed record BusTestResult
{
    /// <summary>What is behind the pub socket.</summary>
    public required BusProbeResult Pub { get; init; }

    /// <summary>What is behind the pull socket.</summary>
    public required BusProbeResult Pull { get; init; }

    /// <summary>What the bus sent.</summary>
    public SaltEventDialect Dialect { get; init; }

    /// <summary>What it sent that was not an event frame; null if there was no such thing.</summary>
    public FrameFormatException? NotASaltBus { get; init; }

    /// <summary>How long an event took from this process over the bus and back; null if no event was fired or came back.</summary>
    public TimeSpan? RoundTrip { get; init; }

    /// <summary>The format of frames in which the bus accepted that event; null if it did not.</summary>
    public FrameFormat? Accepts { get; init; }

    /// <summary>Why an event could not be fired; null if it could be, or if none was to be fired.</summary>
    public Exception? FireProblem { get; init; }
}
