namespace SaltEvents.Core.Transport;

/// <summary>Why a bus cannot be used.</summary>
public enum BusReason
{
    /// <summary>Nothing listens at the address.</summary>
    NotFound,

    /// <summary>The account may not use the socket or its directory.</summary>
    AccessDenied,

    /// <summary>The bus did not answer in time, or went away while it was used. What was being sent was not fired.</summary>
    ConnectionLost,

    /// <summary>A bus cannot listen: another one uses the address, or a file that is not a socket is there.</summary>
    InUse,

    /// <summary>The bus went away after it had been sent an event: it may have published it or not. The event is not sent again.</summary>
    DeliveryUnknown,

    /// <summary>
    /// The form of the tags on a ZeroMQ bus could not be detected. Nothing was sent: a wrong form ends the reactor of some masters.
    /// </summary>
    TagFormUnknown,
}
