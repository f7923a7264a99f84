namespace SaltEvents.Core.Transport;

/// <summary>What the other end of a connection has done.</summary>
internal enum PeerState
{
    Open,

    /// <summary>It read everything and closed.</summary>
    Closed,

    /// <summary>It closed with bytes unread, or broke.</summary>
    Reset,

    /// <summary>It has sent something unasked, which no Salt bus or master does: it speaks something else.</summary>
    Speaking,
}
