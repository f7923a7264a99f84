using SaltEvents.Core.Protocols;

namespace SaltEvents;

/// <summary>A bus, in this process or another: one of Start-SaltEventBus, or one that Get-SaltEventBus -Found has found.</summary>
public abstract class SaltEventAnyBus : SaltEventTarget
{
    private protected SaltEventAnyBus(int id, BusEndpoint endpoint, SaltNode? node)
        : base(id, endpoint, node)
    {
    }

    private protected SaltEventAnyBus()
    {
    }
}
