using System;

namespace SaltEvents.Selection;

/// <summary>What the parameters of a command say about its bus. Paths are those of the file system, not of PowerShell's drives.</summary>
internal sealed record BusRequest
{
    /// <summary>The session or bus that was given as an object.</summary>
    public SaltEventTarget? Target { get; init; }

    /// <summary>The node that was asked for; null for either.</summary>
    public SaltNode? Node { get; init; }

    /// <summary>The only node whose bus the command can use; null for either.</summary>
    public SaltNode? RequiredNode { get; init; }

    /// <summary>The minion whose bus it is, where several are in one directory.</summary>
    public string? MinionId { get; init; }

    /// <summary>The directory of the sockets.</summary>
    public string? SockDir { get; init; }

    /// <summary>Salt's configuration, a directory or a file.</summary>
    public string? ConfigPath { get; init; }

    /// <summary>The host of a bus in TCP mode.</summary>
    public string? HostName { get; init; }

    /// <summary>The port for listening; 0 if it was not given.</summary>
    public int PubPort { get; init; }

    /// <summary>The port for firing; 0 if it was not given.</summary>
    public int PullPort { get; init; }

    /// <summary>What carries the events of the bus; null if the parameters do not specify it.</summary>
    public SaltTransport? Transport { get; init; }

    /// <summary>The parameter that specifies <see cref="Transport"/>.</summary>
    public string TransportSource { get; init; } = "-Transport";

    /// <summary>The parameters of -Uri; null if the bus is on this computer.</summary>
    public IUriParameters? Remote { get; init; }

    /// <summary>How long one answer of the salt-api or of the NATS server may take; null for the default.</summary>
    public TimeSpan? RemoteTimeout { get; init; }

    /// <summary>The node whose bus fits the request; null for either.</summary>
    public SaltNode? SearchedNode => Node ?? RequiredNode ?? (MinionId is null ? null : SaltNode.Minion);
}
