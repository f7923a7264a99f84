using System.Collections.Generic;
using System.Linq;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.ZeroMq;
using Xunit;

namespace SaltEvents.Core.Tests.ZeroMq;

/// <summary>As many ZeroMQ connections are possible as a bus takes in: each has one socket of NetMQ.</summary>
[Collection(GlobalState.Name)]
public sealed class ManyConnectionsTests
{
    [Fact]
    public void NetMQ_has_a_socket_for_each_connection_of_a_bus()
    {
        const int Count = 4096;
        var sockets = new List<ZeroMqSocket>();
        try
        {
            sockets.AddRange(Enumerable.Range(0, Count).Select(_ => new ZeroMqSocket(ZeroMqRole.Pull, maxMessageBytes: 1)));
        }
        finally
        {
            sockets.ForEach(s => s.Dispose());
        }
    }
}
