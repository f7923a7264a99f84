using System;
using System.Collections.Generic;

namespace SaltEvents;

/// <summary>The result of Test-SaltEventBus.</summary>
public sealed class SaltEventBusTest
{
    /// <summary>True if nothing is wrong with what was tested.</summary>
    public bool Ok { get; internal init; }

    /// <summary>Whose bus it is; null if that is not known.</summary>
    public SaltNode? Node { get; internal init; }

    /// <summary>Where a listener connects: a path, host:port, or the address of a salt-api; null if that is not known.</summary>
    public string? PubAddress { get; internal init; }

    /// <summary>Where a sender connects: a path, host:port, or the address of a salt-api; null if that is not known.</summary>
    public string? PullAddress { get; internal init; }

    /// <summary>How this bus was chosen.</summary>
    public string? Origin { get; internal init; }

    /// <summary>The settings that make up the addresses, and the source of each.</summary>
    public IReadOnlyList<SaltEventBusSetting> Settings { get; internal init; } = [];

    /// <summary>
    /// Each directory in the path to the sockets and the sockets, with owner and mode; empty in TCP mode. Over salt-api, each step that was
    /// tried.
    /// </summary>
    public IReadOnlyList<SaltEventTestStep> Steps { get; internal init; } = [];

    /// <summary>Whether this account may listen: it has connected, or the event stream is open. Null if that was not tested.</summary>
    public bool? CanRead { get; internal init; }

    /// <summary>
    /// Whether this account may fire: it has connected. Over salt-api, whether the user has fired, or has permission to. Null if that was
    /// not tested.
    /// </summary>
    public bool? CanFire { get; internal init; }

    /// <summary>What the bus sends.</summary>
    public SaltEventDialect Dialect { get; internal init; }

    /// <summary>What the bus takes, found out with -Fire; null if it was not.</summary>
    public SaltEventDialect? Accepts { get; internal init; }

    /// <summary>How long an event took over the bus and back, with -Fire; null if none was fired or none came back.</summary>
    public TimeSpan? RoundTrip { get; internal init; }

    /// <summary>What is wrong and what to do about it, in words.</summary>
    public IReadOnlyList<string> Advice { get; internal init; } = [];

    /// <inheritdoc/>
    public override string ToString() => TerminalText.OneLine($"{PubAddress ?? Origin}: {(Ok ? "Ok" : string.Join(" ", Advice ?? []))}");
}
