namespace SaltEvents.Core.Transport;

/// <summary>What the other end of a connection has done.</summary>
internal enum PeerState
{
    Open,

    /// <summary>It read everything and closed.</summary>
    Closed,

    /// <summary>It closed with bytes unread, or broke.</summary>
    Reset,

    /// <summary>It says something, which nobody does who only takes or only answers: it speaks another language.</summary>
    Speaking,
}
