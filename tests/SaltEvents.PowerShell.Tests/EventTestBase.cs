using System;
using System.Management.Automation;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>A bus, a session that listens to it, and a peer that writes any bytes to it.</summary>
public abstract class EventTestBase : IDisposable
{
    protected EventTestBase()
        : this(new Shell())
    {
    }

    private protected EventTestBase(Shell shell)
    {
        Shell = shell;
        Shell.StartBus();
        Wire = RawBusClient.To(Shell.Directory);
        Shell.Run("$s = New-SaltEventSession").Good();
    }

    private protected Shell Shell { get; }

    private protected RawBusClient Wire { get; }

    public void Dispose()
    {
        Wire.Dispose();
        Shell.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected PSObject Receive() => Assert.Single(Shell.Run("Get-SaltEvent -Session $s").Good().Output);
}
