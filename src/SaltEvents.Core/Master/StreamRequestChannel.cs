using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Master;

/// <summary>A channel over a connection of bytes.</summary>
internal abstract class StreamRequestChannel<TConnection>(TcpBusAddress master) : RequestChannel(master)
    where TConnection : class, IPeerConnection
{
    private TConnection? connection;

    protected override bool IsOpen => connection?.Poll() == PeerState.Open;

    protected override async Task OpenAsync(CancellationToken token) =>
        connection = await OpenAsync(await MasterConnector.ConnectAsync(Master, token).ConfigureAwait(false), token).ConfigureAwait(false);

    protected override Task<byte[]?> ExchangeAsync(byte[] question, CancellationToken token) => AskAsync(connection!, question, token);

    /// <summary>Makes an open connection ready; it is the channel's from then on.</summary>
    protected abstract Task<TConnection> OpenAsync(SocketConnection opened, CancellationToken token);

    /// <summary>Null if the master has closed the connection.</summary>
    protected abstract Task<byte[]?> AskAsync(TConnection connection, byte[] question, CancellationToken token);

    protected override void Close()
    {
        connection?.Dispose();
        connection = null;
    }
}
