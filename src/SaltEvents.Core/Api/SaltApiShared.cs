using System;
using System.Threading;

namespace SaltEvents.Core.Api;

/// <summary>What all users of one salt-api and user share: the connections, the token and the event stream.</summary>
internal sealed class SaltApiShared(SaltApiOptions options, SaltApiClient client) : IDisposable
{
    public SaltApiHttp Http { get; } = new(options);

    public SaltApiStream Stream { get; } = new(client);

    /// <summary>Held by the thread that may change <see cref="Token"/>.</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    public SaltApiToken? Token { get; set; }

    public void Dispose()
    {
        Stream.Dispose();
        Http.Dispose();
    }
}
