using System;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Nats;
using Xunit;

namespace SaltEvents.Core.Tests.Nats;

public sealed class NatsClientsTests
{
    [Fact]
    public void Windows_PowerShell_says_that_it_has_no_client()
    {
        var error = Assert.Throws<NatsBusException>(() => NatsClients.Create(new NatsBusOptions { Servers = [new Uri("nats://a")] }));
        Assert.Equal(NatsBusReason.NotSupported, error.Reason);
        Assert.Contains("nats:// needs PowerShell 7.4 or later", error.Message, StringComparison.Ordinal);
    }
}
