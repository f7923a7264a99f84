namespace SaltEvents.Core.Master;

/// <summary>
/// How a master's request server is reached: the setting <c>transport</c> of master and minion (salt/config/__init__.py, 3006.10).
/// </summary>
public enum MasterTransport
{
    /// <summary><c>zeromq</c>, Salt's default.</summary>
    ZeroMq,

    /// <summary><c>tcp</c>.</summary>
    Tcp,

    /// <summary><c>ws</c>, since Salt 3007.</summary>
    WebSocket,
}
