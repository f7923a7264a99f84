using System;

namespace SaltEvents.Tests;

/// <summary>Two buses, the masters hq and east, with a relay each to a NATS server.</summary>
public abstract class NatsTestBase : IDisposable
{
    private protected Shell Shell { get; } = new();

    private protected NatsServer? Server { get; set; }

    public void Dispose()
    {
        Shell.Dispose();
        Server?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts the server, the buses and the relays; <c>$nats</c>, <c>$hq</c>, <c>$east</c>, <c>$r1</c> and <c>$r2</c> in scripts.</summary>
    private protected void Start()
    {
        Server = NatsServer.Start();
        Shell.Run($$"""
            $nats = @{ Uri = '{{Server.Uri}}' }
            $hq, $east = (Start-SaltEventBus), (Start-SaltEventBus)
            $r1 = Start-SaltEventRelay -Uri {{Server.Uri}} -Site hq -Bus $hq -Accept 'myco/*' -MaxAge 7d
            $r2 = Start-SaltEventRelay @nats -Site east -Bus $east
            """).Good();
    }
}
