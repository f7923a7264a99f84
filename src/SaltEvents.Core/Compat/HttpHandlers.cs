using System;
using System.Net;
using System.Net.Http;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;

namespace SaltEvents.Core.Compat;

/// <summary>
/// Sends HTTP requests: without cookies and redirects, and with TCP keep-alive, which .NET and .NET Framework set in different ways.
/// </summary>
internal static class HttpHandlers
{
    private const int KeepAliveSeconds = 15;
    private const int KeepAliveIntervalSeconds = 5;

    /// <summary>A handler for one server.</summary>
    /// <param name="server">The server's address.</param>
    /// <param name="check">Whether the server's certificate is taken; with what the system has found wrong.</param>
    public static HttpMessageHandler Create(Uri server, Func<X509Certificate?, X509Chain?, SslPolicyErrors, bool> check)
    {
#if NETFRAMEWORK
        var point = ServicePointManager.FindServicePoint(server);
        point.SetTcpKeepAlive(true, KeepAliveSeconds * 1000, KeepAliveIntervalSeconds * 1000);
        point.ConnectionLimit = Math.Max(point.ConnectionLimit, 100);
        point.Expect100Continue = false;
        return new HttpClientHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !server.IsLoopback,
            MaxConnectionsPerServer = 100,
            SslProtocols = SslProtocols.Tls12 | (SslProtocols)0x3000, // 1.3, which .NET Framework 4.7.2 has no name for
            ServerCertificateCustomValidationCallback = (_, certificate, chain, errors) => check(certificate, chain, errors),
        };
#else
        return new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !server.IsLoopback,
            ConnectCallback = ConnectAsync,
            SslOptions = { RemoteCertificateValidationCallback = (_, certificate, chain, errors) => check(certificate, chain, errors) },
        };
#endif
    }

    /// <summary>The proxy that requests to a server go through; null for none.</summary>
    public static Uri? FindProxy(Uri server)
    {
        if (server.IsLoopback)
        {
            return null;
        }

#if NETFRAMEWORK
        var proxy = WebRequest.DefaultWebProxy?.GetProxy(server);
        return proxy == server ? null : proxy;
#else
        return HttpClient.DefaultProxy.GetProxy(server);
#endif
    }

    /// <summary>Whether what answered did not speak HTTP/1.1.</summary>
    public static bool IsOtherProtocol(Exception error) =>
#if NETFRAMEWORK
        error is WebException { Status: WebExceptionStatus.ServerProtocolViolation };
#else
        error is HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse };
#endif

#if !NETFRAMEWORK
    private static async ValueTask<System.IO.Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken token)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, token).ConfigureAwait(false);
            // Not before: on Unix, .NET 8 and 9 try the second address of a name only with a socket that has no such options.
            SetKeepAlive(socket);
            return new ReadAheadStream(new NetworkStream(socket, ownsSocket: true));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void SetKeepAlive(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveIntervalSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ProtocolOption)
        {
            // Windows before 10.0.16299 (Windows Server 2016, for example) has its own times for all connections. A stream is watched anyway.
        }
    }
#endif
}
