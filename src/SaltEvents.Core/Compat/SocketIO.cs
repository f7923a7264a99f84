using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace SaltEvents.Core.Compat;

/// <summary>
/// Socket calls that take a token on every runtime. .NET Framework's calls ignore tokens, so there
/// cancelling closes the socket, which ends the pending call.
/// </summary>
internal static class SocketIO
{
#if NETFRAMEWORK
    /// <summary>Makes a socket ready for <see cref="ReceiveArrived"/>.</summary>
    public static void Prepare(Socket socket)
    {
    }

    /// <summary>Takes bytes that have arrived; 0 if there are none, or if no more can come.</summary>
    public static int ReceiveArrived(Socket socket, ArraySegment<byte> buffer) =>
        socket.Available > 0 ? socket.Receive(buffer.Array!, buffer.Offset, buffer.Count, SocketFlags.None) : 0;

    /// <summary>Hands over nothing: a call on a socket that blocks could not be ended.</summary>
    public static int SendNow(Socket socket, ArraySegment<byte> buffer) => 0;

    public static async ValueTask<int> ReceiveAsync(Socket socket, ArraySegment<byte> buffer, CancellationToken token) =>
        await RunAsync(socket, token, () => socket.ReceiveAsync(buffer, SocketFlags.None)).ConfigureAwait(false);

    public static async ValueTask<int> SendAsync(Socket socket, ArraySegment<byte> buffer, CancellationToken token) =>
        await RunAsync(socket, token, () => socket.SendAsync(buffer, SocketFlags.None)).ConfigureAwait(false);

    public static Task<Socket> AcceptAsync(Socket socket, CancellationToken token) =>
        RunAsync(socket, token, () => socket.AcceptAsync());

    public static Task ConnectAsync(Socket socket, EndPoint remote, CancellationToken token) =>
        RunAsync(socket, token, async () =>
        {
            await socket.ConnectAsync(remote).ConfigureAwait(false);
            return true;
        });

    private static async Task<T> RunAsync<T>(Socket socket, CancellationToken token, Func<Task<T>> call)
    {
        token.ThrowIfCancellationRequested();
        // A call that starts while its socket closes may never end (seen on mono): the token also ends the wait for it.
        var cancelled = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        T result;
        using (token.Register(() =>
        {
            socket.Dispose();
            cancelled.TrySetCanceled();
        }))
        {
            try
            {
                result = await (await Task.WhenAny(call(), cancelled.Task).ConfigureAwait(false)).ConfigureAwait(false);
            }
            catch (Exception e)
                when (token.IsCancellationRequested && e is ObjectDisposedException or SocketException or OperationCanceledException)
            {
                throw new OperationCanceledException("The socket was closed because the call was cancelled.", e, token);
            }
        }

        token.ThrowIfCancellationRequested(); // which may have closed the socket just after the call was done
        return result;
    }
#else
    /// <summary>Makes a socket ready for <see cref="ReceiveArrived"/>.</summary>
    public static void Prepare(Socket socket) => socket.Blocking = false;

    /// <summary>Takes bytes that have arrived; 0 if there are none, or if no more can come.</summary>
    public static int ReceiveArrived(Socket socket, ArraySegment<byte> buffer)
    {
        var count = socket.Receive(buffer.AsSpan(), SocketFlags.None, out var error);
        return error is SocketError.Success or SocketError.WouldBlock ? count : throw new SocketException((int)error);
    }

    /// <summary>Hands over the bytes that the system takes at once, and returns how many these are.</summary>
    public static int SendNow(Socket socket, ArraySegment<byte> buffer)
    {
        var count = socket.Send(buffer.AsSpan(), SocketFlags.None, out var error);
        return error is SocketError.Success or SocketError.WouldBlock ? count : throw new SocketException((int)error);
    }

    public static ValueTask<int> ReceiveAsync(Socket socket, ArraySegment<byte> buffer, CancellationToken token) =>
        socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, token);

    public static ValueTask<int> SendAsync(Socket socket, ArraySegment<byte> buffer, CancellationToken token) =>
        socket.SendAsync(buffer.AsMemory(), SocketFlags.None, token);

    public static Task<Socket> AcceptAsync(Socket socket, CancellationToken token) =>
        socket.AcceptAsync(token).AsTask();

    public static Task ConnectAsync(Socket socket, EndPoint remote, CancellationToken token) =>
        socket.ConnectAsync(remote, token).AsTask();
#endif
}
