using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Master;

/// <summary>What became of an event at one master.</summary>
/// <param name="Master">The master.</param>
/// <param name="ProtocolVersion">The protocol version that was spoken; null where the sign-in failed.</param>
/// <param name="Error">Why it was not fired; null where the master has taken it.</param>
public sealed record MasterDelivery(TcpBusAddress Master, int? ProtocolVersion, MasterRequestException? Error)
{
    /// <summary>Whether the master has taken the event.</summary>
    public bool IsDelivered => Error is null;
}
