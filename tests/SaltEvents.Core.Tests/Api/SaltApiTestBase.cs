using System;
using System.Net;
using System.Security;
using SaltEvents.Core.Api;
using SaltEvents.Core.Client;
using SaltEvents.Tests;

namespace SaltEvents.Core.Tests.Api;

/// <summary>The options for a salt-api under test.</summary>
public abstract class SaltApiTestBase
{
    private protected static readonly EventBusClientOptions Listening = new() { ReportsStatus = true, Reconnect = true };

    internal static SaltApiOptions OptionsFor(FakeSaltApi api, string password = "secret") => new()
    {
        Uri = api.Uri,
        UserName = "joe",
        Password = Secret(password),
        Timeout = TimeSpan.FromSeconds(20),
        IdleTime = TimeSpan.FromMilliseconds(200),
        ProbeTimeout = TimeSpan.FromMilliseconds(500),
    };

    internal static SecureString Secret(string text) => new NetworkCredential(string.Empty, text).SecurePassword;
}
