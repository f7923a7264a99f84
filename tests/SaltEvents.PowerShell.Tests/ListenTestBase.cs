using System;

namespace SaltEvents.Tests;

/// <summary>A bus, commands that listen to it, and a peer that fires on it.</summary>
public abstract class ListenTestBase : IDisposable
{
    private readonly dynamic bus;

    protected ListenTestBase()
    {
        bus = Shell.StartBus();
        Wire = RawBusClient.To(Shell.Directory);
    }

    private protected Shell Shell { get; } = new();

    private protected RawBusClient Wire { get; }

    public void Dispose()
    {
        Wire.Dispose();
        Shell.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected ShellRun StartListening(string script)
    {
        var run = Shell.Start(script);
        Until.True(() => (int)bus.Subscribers == 1 || !run.IsRunning, "the command listens");
        return run;
    }

    private protected void NobodyListens() => Until.True(() => (int)bus.Subscribers == 0, "the connection is closed");
}
