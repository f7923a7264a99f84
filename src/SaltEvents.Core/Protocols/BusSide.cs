namespace SaltEvents.Core.Protocols;

/// <summary>One of the two sockets of a bus.</summary>
internal enum BusSide
{
    /// <summary>Listeners connect to it.</summary>
    Pub,

    /// <summary>Senders connect to it.</summary>
    Pull,
}
