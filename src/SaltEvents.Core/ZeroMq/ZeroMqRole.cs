namespace SaltEvents.Core.ZeroMq;

/// <summary>What this end of a ZeroMQ connection does.</summary>
internal enum ZeroMqRole
{
    /// <summary>SUB: a subscriber.</summary>
    Subscribe,

    /// <summary>PUSH: a sender.</summary>
    Push,

    /// <summary>PULL: a bus, to one sender.</summary>
    Pull,

    /// <summary>XPUB: a bus, to one subscriber, which says what it subscribes to.</summary>
    Publish,

    /// <summary>
    /// DEALER: asks a master's ROUTER. An empty frame precedes each question and each answer, as a REQ socket would have it.
    /// </summary>
    Request,
}
