using System;
using System.Net.Sockets;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Tests.Client;

/// <summary>A client that sends to a bus whose connections the test accepts, reads and ends.</summary>
public abstract class SendTestBase<TPlace> : IDisposable
    where TPlace : BusPlace, new()
{
    private readonly TPlace place = new();

    protected SendTestBase()
    {
        var pull = place.Free().Pull;
        if (pull is UnixBusAddress unix)
        {
            System.IO.Directory.CreateDirectory(System.IO.Path.GetDirectoryName(unix.Path)!);
        }

        (Bus, Address) = RawPeer.Listen(pull);
        Bus.ReceiveBufferSize = 64 * 1024; // or the system may take all of a big event before the peer reads it
        Client = CreateClient(Eventually.Limit);
    }

    private protected static byte[] Small { get; } = Frames.Event("small");

    /// <summary>More than socket buffers hold.</summary>
    private protected static byte[] Big { get; } = Frames.Event("big", ("pad", new byte[24 * 1024 * 1024]));

    private protected Socket Bus { get; }

    private protected BusAddress Address { get; }

    private protected EventBusClient Client { get; }

    /// <summary>The client has opened one more connection.</summary>
    private protected bool IsConnectionWaiting => Bus.Poll(0, SelectMode.SelectRead);

    public void Dispose()
    {
        Client.Dispose();
        Bus.Dispose();
        place.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected EventBusClient CreateClient(TimeSpan sendTimeout) =>
        new(
            new BusEndpoint(BusAddress.Unknown, Address),
            new EventBusClientOptions { ConnectTimeout = Eventually.Limit, SendTimeout = sendTimeout }
        );

    private protected Task SendAsync(byte[] frame) => SendAsync(Client, frame);

    private protected static Task SendAsync(EventBusClient client, byte[] frame) =>
        client.FireBodyAsync(Frames.Read(frame, int.MaxValue)[0]).AsTask();

    private protected Task<RawPeer> AcceptAsync() => RawPeer.AcceptAsync(Bus);
}
