using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace SaltEvents.Tests;

/// <summary>Three nats-servers on loopback that keep each stream together.</summary>
internal sealed class NatsCluster : IDisposable
{
    private NatsCluster(NatsServer[] servers) => Servers = servers;

    public IReadOnlyList<NatsServer> Servers { get; }

    public Uri[] Uris => Servers.Select(s => s.Uri).ToArray();

    public static NatsCluster Start(string settings = "", IReadOnlyDictionary<string, string>? environment = null)
    {
        var routes = Enumerable.Range(0, 3).Select(_ => NatsServer.FreePort()).ToArray();
        var servers = new List<NatsServer>();
        for (var i = 0; i < 3; i++)
        {
            servers.Add(
                NatsServer.Start(
                    string.Format(
                        CultureInfo.InvariantCulture,
                        "server_name: n{0}\ncluster {{ name: test, listen: \"127.0.0.1:{1}\", routes: [{2}] }}\n{3}",
                        i,
                        routes[i],
                        string.Join(", ", routes.Select(r => $"\"nats://127.0.0.1:{r}\"")),
                        settings
                    ),
                    environment: environment
                )
            );
        }

        return new NatsCluster([.. servers]);
    }

    /// <summary>The server of that name: n0, n1, n2.</summary>
    public NatsServer this[string name] => Servers[name[1] - '0'];

    public void Dispose()
    {
        foreach (var server in Servers)
        {
            server.Dispose();
        }
    }
}
