using SaltEvents.Core.Framing;

namespace SaltEvents.Core.Connections;

/// <summary>The ways in which a connection ends.</summary>
internal enum ConnectionEndReason
{
    /// <summary>The peer closed it, with everything read.</summary>
    Closed,

    /// <summary>It broke, the peer closed it with bytes unread, or it was disposed here.</summary>
    Broken,

    /// <summary>
    /// The peer sent something that is neither a frame nor a message; the cause is a <see cref="Framing.FrameFormatException"/>.
    /// </summary>
    Malformed,
}
