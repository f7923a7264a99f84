using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;
using SaltEvents.Core.ZeroMq;

namespace SaltEvents.Core.Master;

/// <summary><c>transport: zeromq</c>: asks a master's ROUTER (salt/transport/zeromq.py, RequestClient and RequestServer, 3006.10).</summary>
internal sealed class ZeroMqRequestChannel(TcpBusAddress master, int maxAnswerBytes) : StreamRequestChannel(master)
{
    private FrameReader answers = new(); // of the open connection

    protected override (string Own, string Other) Transport => ("ZeroMQ", "tcp or ws");

    protected override async Task<BusConnection> OpenAsync(BusConnection opened, CancellationToken token)
    {
        answers = new FrameReader(FrameWriter.MaxFrameLength(maxAnswerBytes));
        return await ZeroMqConnection.GreetAsync(opened, ZeroMqRole.Request, null, token, maxAnswerBytes).ConfigureAwait(false) ?? throw NotAnswering(null);
    }

    protected override async Task<byte[]?> AskAsync(BusConnection connection, byte[] question, CancellationToken token)
    {
        try
        {
            return await ExchangeAsync(connection, question, token).ConfigureAwait(false);
        }
        catch (FrameFormatException)
        {
            // The bytes are shown nowhere, since what was sealed stays so.
            throw new MasterRequestException(
                MasterRequestReason.UnexpectedAnswer, $"The master at {Master} gave an answer that is none of Salt's: it has several parts, or more than {maxAnswerBytes} bytes.");
        }
    }

    private async Task<byte[]?> ExchangeAsync(BusConnection connection, byte[] question, CancellationToken token)
    {
        // A connection of ZeroMQ takes frames and gives frames, whose bodies are its messages.
        var frame = new ByteBuffer(FrameWriter.MaxFrameLength(question.Length));
        FrameWriter.Write(frame, question);
        await connection.SendAllAsync(frame.Written, token).ConfigureAwait(false);
        while (true)
        {
            if (answers.TryRead(out var answer))
            {
                return answer.ToArray();
            }

            var count = await connection.ReceiveAsync(answers.GetBuffer(), token).ConfigureAwait(false);
            if (count == 0)
            {
                return null;
            }

            answers.Advance(count);
        }
    }
}
