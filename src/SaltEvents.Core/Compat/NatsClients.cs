using SaltEvents.Core.Nats;

namespace SaltEvents.Core.Compat;

/// <summary>The NATS client, which only .NET has here: for .NET Framework it would bring a dozen assemblies.</summary>
public static class NatsClients
{
    /// <summary>A connection that is opened when it is first used.</summary>
    /// <exception cref="NatsBusException">This is .NET Framework.</exception>
    public static INatsBus Create(NatsBusOptions options) =>
#if NETFRAMEWORK
        throw new NatsBusException(
            NatsBusReason.NotSupported,
            $"{options.ServerList} cannot be used in Windows PowerShell: nats:// needs PowerShell 7.4 or later. Start pwsh, or use a master's salt-api with -Uri https://."
        );
#else
        new Nats.JetStream.NatsBus(options);
#endif
}
