using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Master;

/// <summary>
/// <c>transport: ws</c>: a WebSocket, with one binary message for a question and one for its answer, neither framed
/// (salt/transport/ws.py, RequestServer and RequestClient, 3007.8).
/// </summary>
internal sealed class WebSocketRequestChannel(TcpBusAddress master, MasterTls? tls, int maxAnswerBytes) : RequestChannel(master)
{
    private readonly byte[] buffer = new byte[16 * 1024];
    private ClientWebSocket? socket;
    private Task<WebSocketReceiveResult>? arriving; // always one while it is open: it ends when the master closes the connection

    protected override (string Own, string Other) Transport => ("WebSocket", "zeromq or tcp");

    protected override string ClosedHint =>
        " A master with transport: zeromq or tcp does that"
        + (tls is null ? ", or one with ssl in its configuration, which the configuration used here does not have." : ".");

    protected override bool IsOpen => socket?.State == WebSocketState.Open && arriving is { IsCompleted: false };

    protected override async Task OpenAsync(CancellationToken token)
    {
        Exception? failure = null;
        foreach (var ip in await MasterConnector.ResolveAsync(Master, token).ConfigureAwait(false))
        {
            var opened = new ClientWebSocket();
            try
            {
                var uri = new UriBuilder(tls is null ? "ws" : "wss", ip.ToString(), Master.Port, "ws").Uri;
                await WebSockets.ConnectAsync(opened, uri, tls, token).ConfigureAwait(false);
                socket = opened;
                Listen();
                return;
            }
            catch (Exception e)
            {
                opened.Dispose();
                token.ThrowIfCancellationRequested();
                failure = WebSockets.IsUnreachable(e) ? e : throw Explain(e);
            }
        }

        throw MasterConnector.NotFound(Master, WebSockets.Causes(failure).Last().Message, failure);
    }

    protected override async Task<byte[]?> ExchangeAsync(byte[] question, CancellationToken token)
    {
        try
        {
            await socket!
                .SendAsync(new ArraySegment<byte>(question), WebSocketMessageType.Binary, endOfMessage: true, token)
                .ConfigureAwait(false);
            return await ReceiveAsync(token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or IOException or InvalidOperationException)
        {
            token.ThrowIfCancellationRequested();
            throw NotAnswering(e);
        }
    }

    protected override void Close()
    {
        socket?.Dispose();
        socket = null;
        arriving = null;
    }

    private void Listen()
    {
        arriving = socket!.ReceiveAsync(new ArraySegment<byte>(buffer), CancellationToken.None);
        _ = arriving.ContinueWith(t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default); // it ends so with the channel
    }

    // Null if the master has closed the connection.
    private async Task<byte[]?> ReceiveAsync(CancellationToken token)
    {
        var answer = new ByteBuffer();
        while (true)
        {
            var part = await BusConnector.WithinAsync(arriving!, token).ConfigureAwait(false);
            if (part.MessageType != WebSocketMessageType.Binary)
            {
                return part.MessageType == WebSocketMessageType.Close ? null : throw UnexpectedReply();
            }

            answer.Write(buffer.AsSpan(0, part.Count));
            if (answer.Written.Count > maxAnswerBytes)
            {
                // The bytes are never shown: encrypted data stays secret.
                throw new MasterRequestException(
                    MasterRequestReason.UnexpectedAnswer,
                    $"The master at {Master} gave an answer that no Salt master gives: it has more than {maxAnswerBytes} bytes."
                );
            }

            Listen();
            if (part.EndOfMessage)
            {
                return answer.ToArray();
            }
        }
    }

    private MasterRequestException Explain(Exception e)
    {
        if (e is MasterRequestException known)
        {
            return known;
        }

        if (WebSockets.Causes(e).OfType<AuthenticationException>().LastOrDefault() is { } refused)
        {
            return new MasterRequestException(
                MasterRequestReason.UnexpectedAnswer,
                $"There is no secure connection to the master at {Master}: {refused.Clause()}. Does it have ssl in its configuration, and is its certificate for this address and one that ca_certs or this computer trusts?",
                e
            );
        }

        return WebSockets.IsClosed(e) ? NotAnswering(e) : UnexpectedReply();
    }
}
