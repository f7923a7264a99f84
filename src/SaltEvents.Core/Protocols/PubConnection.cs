using SaltEvents.Core.Connections;

namespace SaltEvents.Core.Protocols;

/// <summary>A connection to a pub socket that has subscribed.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="IsConfirmed">Whether it is certain that from here on no event is missed.</param>
internal readonly record struct PubConnection(FrameConnection Connection, bool IsConfirmed);
