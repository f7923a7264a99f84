using System;

namespace SaltEvents.Tests;

/// <summary>A bus, and a peer that reads what is sent to it.</summary>
public abstract class SendPayloadTestBase : IDisposable
{
    private protected Shell Shell { get; } = new();

    private protected RawBusClient Wire { get; }

    protected SendPayloadTestBase()
    {
        Shell.StartBus();
        Wire = RawBusClient.Listen(Shell.Directory);
    }

    public void Dispose()
    {
        Wire.Dispose();
        Shell.Dispose();
        GC.SuppressFinalize(this);
    }
}
