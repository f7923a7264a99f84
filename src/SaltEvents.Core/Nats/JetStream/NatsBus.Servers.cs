using System;
using System.Threading;
using System.Threading.Tasks;

namespace SaltEvents.Core.Nats.JetStream;

/// <content>A server names the others of its cluster, and the client connects to them too.</content>
internal sealed partial class NatsBus
{
    private int lastServer = -1;

    // To another computer only with TLS, as for the servers that were given: one that a server names may be any. One of the given is
    // tried in its place.
    private ValueTask<(string Host, int Port)> ChooseServerAsync((string Host, int Port) named)
    {
        if (Options.RequiresTls || Options.AllowsUnencrypted || new UriBuilder("nats", named.Host, named.Port).Uri.IsLoopback)
        {
            return new ValueTask<(string, int)>(named);
        }

        var given = Options.Servers[(int)((uint)Interlocked.Increment(ref lastServer) % (uint)Options.Servers.Count)];
        return new ValueTask<(string, int)>((given.Host, given.Port > 0 ? given.Port : NatsBusOptions.DefaultPort));
    }
}
