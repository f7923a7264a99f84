using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;
using SaltEvents.Core.Nats;
using SaltEvents.Tests;

namespace SaltEvents.Core.Tests.Nats;

/// <summary>A NATS server with the rights of samples/Relay/rights.conf, and connections of its users.</summary>
public abstract class NatsRightsTestBase
{
    private protected static readonly string Rights = Path.Combine(AppContext.BaseDirectory, "Relay", "rights.conf");

    private protected static readonly Dictionary<string, string> Passwords = new()
    {
        ["RELAY_HQ_PASSWORD"] = "relay-secret",
        ["LISTENER_PASSWORD"] = "listener-secret",
        ["SENDER_PASSWORD"] = "sender-secret",
    };

    private protected static NatsServer Start() => NatsServer.Start("include rights.conf", environment: Passwords, files: [Rights]);

    private protected static INatsBus Connect(NatsServer server, string? user, string? password) => NatsClients.Create(new NatsBusOptions
    {
        Servers = [server.Uri],
        UserName = user,
        Password = password is null ? null : new NetworkCredential(string.Empty, password).SecurePassword,
    });

    private protected static byte[] Body(string tag) => EventCodec.Encode(tag, new PayloadMap { { "n", 1 } }, DateTime.UtcNow);
}
