using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Connections;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;
using SaltEvents.Core.ZeroMq;

namespace SaltEvents.Core.Master;

/// <summary>
/// <c>transport: zeromq</c>: asks a master's ROUTER (salt/transport/zeromq.py, RequestClient and RequestServer, 3006.10).
/// </summary>
internal sealed class ZeroMqRequestChannel(TcpBusAddress master, int maxAnswerBytes) : StreamRequestChannel<FrameConnection>(master)
{
    protected override (string Own, string Other) Transport => ("ZeroMQ", "tcp or ws");

    protected override async Task<FrameConnection> OpenAsync(SocketConnection opened, CancellationToken token) =>
        await ZeroMqConnector.GreetAsync(opened, ZeroMqRole.Request, null, token, maxAnswerBytes).ConfigureAwait(false)
        ?? throw NotAnswering(null);

    protected override async Task<byte[]?> AskAsync(FrameConnection connection, byte[] question, CancellationToken token)
    {
        var message = new FrameBatch(question.Length);
        message.AddMessage(question);
        var end = await connection.SendAsync([message.All], token).ConfigureAwait(false);
        if (end is null && await connection.FillAsync(token).ConfigureAwait(false) && connection.TryRead(out var answer))
        {
            return answer.ToArray();
        }

        // The bytes are never shown: encrypted data stays secret.
        return (end ?? connection.End)?.Reason == ConnectionEndReason.Malformed
            ? throw new MasterRequestException(
                MasterRequestReason.UnexpectedAnswer,
                $"The master at {Master} gave an answer that no Salt master gives: it has several parts, or more than {maxAnswerBytes} bytes."
            )
            : null;
    }
}
