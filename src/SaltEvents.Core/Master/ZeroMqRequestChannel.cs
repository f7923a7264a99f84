using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Master;

/// <summary>A ZeroMQ REQ socket to a master's ROUTER (salt/transport/zeromq.py, RequestClient and RequestServer, 3006.10).</summary>
internal sealed class ZeroMqRequestChannel(TcpBusAddress master) : IRequestChannel
{
    // How soon a waiting socket sees that it has to end.
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);
    private readonly ZeroMqThread thread = new("SaltEvents 0mq");
    private readonly CancellationTokenSource closing = new();
    private TcpBusAddress? found;
    private ZeroMqSocket? socket; // the thread's alone

    public async Task<byte[]> AskAsync(byte[] question, CancellationToken token)
    {
        // ZeroMQ tries for ever to reach a master that is not there; a plain connection tells at once.
        found ??= await FindAsync(token).ConfigureAwait(false);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(token, closing.Token);
        return await thread.RunAsync(() => Ask(question, end.Token)).ConfigureAwait(false);
    }

    public void Dispose()
    {
        closing.Cancel();
        _ = thread.RunAsync(() =>
        {
            Close();
            return true;
        });
        thread.Dispose();
        closing.Dispose();
    }

    private async Task<TcpBusAddress> FindAsync(CancellationToken token)
    {
        using var connection = await MasterConnector.ConnectAsync(master, token).ConfigureAwait(false);
        return (TcpBusAddress)connection.Address;
    }

    private byte[] Ask(byte[] question, CancellationToken token)
    {
        try
        {
            socket ??= Open();
            while (!socket.TrySend(Step, question))
            {
                token.ThrowIfCancellationRequested();
            }

            while (true)
            {
                if (socket.TryReceive(Step, out var answer))
                {
                    return answer.Last();
                }

                token.ThrowIfCancellationRequested();
            }
        }
        catch
        {
            // A REQ socket without its answer takes no other question; and a late answer must not meet the next one.
            Close();
            throw;
        }
    }

    private ZeroMqSocket Open()
    {
        var opened = ZeroMqSocket.Request();
        opened.Connect(found!);
        return opened;
    }

    private void Close()
    {
        socket?.Dispose();
        socket = null;
    }
}
