using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Events;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Server;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using SaltEvents.Core.ZeroMq;

namespace SaltEvents.Core.Tests.ZeroMq;

/// <summary>What tests of ZeroMQ share: buses of libzmq and our own, and what is read from them.</summary>
public abstract class ZeroMqTests : IDisposable
{
    private protected const int Many = 10_000;
    private readonly TemporaryDirectory directory = new();

    public static IEnumerable<object[]> Lengths =>
        from length in new[] { 1, 19, 20, 21, 300 }
        from form in Enum.GetValues<SaltTagForm>()
        where form != SaltTagForm.Padded || length <= TagEncoding.PaddedLength
        select new object[] { length, form };

    private protected static EventBusClientOptions Options { get; } =
        new() { ConnectTimeout = Eventually.Limit, Overflow = SaltOverflow.Block };

    public virtual void Dispose()
    {
        directory.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static TcpBusAddress Tcp(int port) => new(TcpBusAddress.Loopback, port);

    private protected static string Tag(int length) => "a/long/tag/of/some/bytes/".PadRight(length, 'x')[..length];

    private protected Task<(ZeroMqPeer Bus, BusEndpoint Endpoint)> StartSaltBusAsync(bool ipc) =>
        ZeroMqPeer.StartBusAsync(ipc ? directory.Path : null);

    /// <summary>Where a bus can be: on Unix sockets where ZeroMQ over these is supported, else in TCP mode.</summary>
    private protected BusEndpoint Place(bool ipc) =>
        (ipc && LoopbackOwner.IsSupported ? SocketNames.Master(directory.Path) : new BusEndpoint(Tcp(0), Tcp(0))) with
        {
            Protocol = BusProtocol.ZeroMq,
        };

    private protected Task<EventBusServer> StartOwnBusAsync(bool ipc, Func<EventBusServerOptions, EventBusServerOptions>? change = null)
    {
        var options = new EventBusServerOptions(Place(ipc));
        return EventBusServer.StartAsync(change?.Invoke(options) ?? options);
    }

    /// <summary>A listener of libzmq that has shown that events come through.</summary>
    private protected static async Task<ZeroMqPeer> ListenAsync(BusEndpoint endpoint, SaltTagForm form, string prefix = "")
    {
        var listener = ZeroMqPeer.Listen(endpoint.Pub, form, prefix);
        using var raw = await ZeroMqConnector.ConnectAsync(endpoint.Pull, ZeroMqRole.Push, null, Eventually.Limit, default);
        var ready = listener.ReadAsync();
        while (!ready.IsCompleted)
        {
            await raw.SendMessagesAsync(Frames.Body(ZeroMqConnection.SyncTag));
            await Task.WhenAny(ready, Task.Delay(20));
        }

        return await ready == "ready" ? listener : throw new InvalidOperationException(await ready);
    }

    private protected static async Task<List<SaltEvent>> ReadAsync(EventSubscription subscription, int count)
    {
        var events = new List<SaltEvent>();
        while (events.Count < count && await subscription.WaitToReadAsync().AsTask().Soon())
        {
            while (events.Count < count && subscription.TryRead(out var saltEvent))
            {
                events.Add(saltEvent!);
            }
        }

        return events;
    }

    /// <summary>Tags, and changes of the connection in brackets.</summary>
    private protected static async Task<List<string>> ReadAllAsync(EventSubscription subscription, int count)
    {
        var read = new List<string>();
        while (read.Count < count && await subscription.WaitToReadAsync().AsTask().Soon())
        {
            while (read.Count < count && subscription.TryRead(out var saltEvent))
            {
                read.Add(saltEvent!.Tag);
            }

            while (subscription.TryReadStatus(out var status))
            {
                read.Add($"({status!.State})");
            }
        }

        return read;
    }
}
