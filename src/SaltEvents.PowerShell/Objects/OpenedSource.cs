using System;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Protocols;

namespace SaltEvents.Objects;

/// <summary>What a command that listens has opened.</summary>
/// <param name="Endpoint">The bus.</param>
/// <param name="Node">Whose bus it is; null if that is not known.</param>
/// <param name="Session">The session that is read; null if none is.</param>
/// <param name="Source">The events that match.</param>
/// <param name="Losses">What of them was lost.</param>
/// <param name="Overruns">Where tags took too long to compare.</param>
/// <param name="Owned">What must be closed; nothing for a session.</param>
internal sealed record OpenedSource(
    BusEndpoint Endpoint,
    SaltNode? Node,
    SaltEventSession? Session,
    IEventSource Source,
    DropCounter Losses,
    MatchOverrun[] Overruns,
    IDisposable[] Owned
)
{
    /// <summary>A longer queue, as advice says it.</summary>
    /// <param name="isSetHere">Whether the command has -QueueSize.</param>
    public string DescribeLongerQueue(bool isSetHere) =>
        (isSetHere && Session is null ? "a longer queue (-QueueSize" : "a session with a longer queue (-QueueSize of New-SaltEventSession")
        + ", up to 256 MiB)";
}
