using System;

namespace SaltEvents.Core.Transport;

/// <summary>A connection of which the other end can be looked at.</summary>
internal interface IPeerConnection : IDisposable
{
    /// <summary>What the peer has done, seen without waiting.</summary>
    PeerState Poll();
}
