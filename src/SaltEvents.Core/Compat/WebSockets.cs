using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Master;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Compat;

/// <summary>Opens WebSockets, which .NET and .NET Framework do with other options and other errors.</summary>
internal static class WebSockets
{
    /// <summary>Whether a certificate can be checked as the caller wants; .NET Framework has no means for that.</summary>
#if NETFRAMEWORK
    public static bool HasTls => false;
#else
    public static bool HasTls => true;
#endif

    /// <summary>Connects, without a proxy.</summary>
    public static async Task ConnectAsync(ClientWebSocket socket, Uri uri, MasterTls? tls, CancellationToken token)
    {
        socket.Options.Proxy = null;
#if !NETFRAMEWORK
        if (tls is not null)
        {
            var certificates = new TlsCertificates(tls);
            socket.Options.ClientCertificates.AddRange(certificates.Own);
            socket.Options.RemoteCertificateValidationCallback = (_, certificate, _, errors) => certificates.Check(certificate, errors);
        }
#endif
        var opening = ConnectAsync(socket, uri, token);
        await BusConnector.WithinAsync(opening, token).ConfigureAwait(false);
    }

    /// <summary>An error and what caused it.</summary>
    public static IEnumerable<Exception> Causes(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
        {
            yield return e;
        }
    }

    /// <summary>Whether nothing listens there.</summary>
    public static bool IsUnreachable(Exception e) =>
        Causes(e).Any(c => c is WebException { Status: WebExceptionStatus.ConnectFailure or WebExceptionStatus.NameResolutionFailure })
        || (Causes(e).OfType<SocketException>().LastOrDefault() is { } socket && !IsReset(socket));

    /// <summary>Whether the peer closed the connection before it was one.</summary>
    public static bool IsClosed(Exception e) =>
        Causes(e)
            .Any(c =>
                c
                    is WebException
                    {
                        Status: WebExceptionStatus.ReceiveFailure
                            or WebExceptionStatus.ConnectionClosed
                            or WebExceptionStatus.KeepAliveFailure
                            or WebExceptionStatus.SendFailure
                    }
            )
        || Causes(e).OfType<SocketException>().Any(IsReset)
        || (Causes(e).OfType<IOException>().Any() && IsEnded(e));

    private static async Task<bool> ConnectAsync(ClientWebSocket socket, Uri uri, CancellationToken token)
    {
        await socket.ConnectAsync(uri, token).ConfigureAwait(false);
        return true;
    }

    private static bool IsReset(SocketException e) =>
        e.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown;

#if NETFRAMEWORK
    private static bool IsEnded(Exception e) => e is not null;
#else
    private static bool IsEnded(Exception e) =>
        Causes(e)
            .OfType<System.Net.Http.HttpRequestException>()
            .Any(r => r.HttpRequestError == System.Net.Http.HttpRequestError.ResponseEnded)
        || Causes(e)
            .OfType<System.Net.Http.HttpIOException>()
            .Any(r => r.HttpRequestError == System.Net.Http.HttpRequestError.ResponseEnded);
#endif
}
