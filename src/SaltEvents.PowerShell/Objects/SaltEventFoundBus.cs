using System.IO;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;

namespace SaltEvents;

/// <summary>
/// A bus that another process on this computer runs. Every cmdlet that reaches a bus accepts it as -Bus, but it cannot be
/// stopped from here.
/// </summary>
public sealed class SaltEventFoundBus : SaltEventAnyBus
{
    private readonly BusProbeResult look;

    internal SaltEventFoundBus(BusEndpoint endpoint, SaltNode? node, string origin, SaltConfiguration? configuration, BusProbeResult look)
        : base(0, endpoint, node)
    {
        this.look = look;
        Configuration = configuration;
        Origin = origin;
    }

    /// <summary>The minion's id, if its configuration has it; null for a master's bus.</summary>
    public string? MinionId => Node == SaltNode.Minion ? Configuration?.Id?.Value : null;

    /// <summary>
    /// Running; NotRunning: nothing listens; Denied: this account may not use it; or NoAnswer. As it was when it was found.
    /// </summary>
    public string State => look.Presence == BusPresence.Listening ? "Running" : look.Presence.ToString();

    /// <summary>Where it is, in short: its directory, or host and ports.</summary>
    public string Address =>
        Endpoint.Pub is UnixBusAddress unix ? Path.GetDirectoryName(unix.Path)! : $"{PubAddress}, {((TcpBusAddress)Endpoint.Pull).Port}";

    /// <summary>How it was found: the configuration with its lines, or the directory.</summary>
    public string Origin { get; }

    /// <summary>Why it cannot be used; null if it can.</summary>
    public string? Problem => look.Problem?.Message;

    internal SaltConfiguration? Configuration { get; }

    internal override bool IsOpen => true;

    /// <inheritdoc/>
    public override string ToString() => TerminalText.OneLine($"{Node} bus at {PubAddress}");

    private protected override void End()
    {
        // It is not ours.
    }
}
