namespace SaltEvents;

/// <summary>What carries events between a bus and its clients; it depends on the version of Salt.</summary>
public enum SaltTransport
{
    /// <summary>A byte stream: Salt 2016.3 and later.</summary>
    Stream,

    /// <summary>ZeroMQ: Salt 0.9.10 to 2015.8.</summary>
    ZeroMq,
}
