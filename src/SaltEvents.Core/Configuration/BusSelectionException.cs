using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Configuration;

/// <summary>A socket directory holds buses, but not the one that was asked for.</summary>
public sealed class BusSelectionException : SaltEventException
{
    internal BusSelectionException(BusSelectionReason reason, string message)
        : base(message) => Reason = reason;

    /// <summary>What is wrong.</summary>
    public BusSelectionReason Reason { get; }
}
