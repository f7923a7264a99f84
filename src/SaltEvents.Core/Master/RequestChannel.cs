using System;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Master;

/// <summary>Carries one question after another to a master's request server, over one connection for as long as all is well.</summary>
internal abstract class RequestChannel(TcpBusAddress master) : IDisposable
{
    private readonly SemaphoreSlim gate = new(1, 1);

    /// <summary>The master.</summary>
    protected TcpBusAddress Master { get; } = master;

    /// <summary>The setting <c>transport</c> that it is for, in words, and its values if the master has another one.</summary>
    protected abstract (string Own, string Other) Transport { get; }

    /// <summary>Asks with a packed map; the answer is the bytes of one msgpack value, not looked at.</summary>
    /// <exception cref="MasterRequestException">There is no master, it closes the connection, or it speaks something else.</exception>
    public async Task<byte[]> AskAsync(byte[] question, CancellationToken token)
    {
        await gate.WaitAsync(token).ConfigureAwait(false);
        var isAnswered = false;
        try
        {
            if (!IsOpen)
            {
                Close();
                await OpenAsync(token).ConfigureAwait(false);
            }

            var answer = await ExchangeAsync(question, token).ConfigureAwait(false) ?? throw NotAnswering(null);
            isAnswered = true;
            return answer;
        }
        catch (SocketException e)
        {
            throw NotAnswering(e);
        }
        catch (Exception e) when (e is FrameFormatException or EventFormatException)
        {
            throw UnexpectedReply();
        }
        finally
        {
            if (!isAnswered)
            {
                Close(); // a late answer must not meet the next question
            }

            gate.Release();
        }
    }

    public void Dispose()
    {
        Close();
        gate.Dispose();
    }

    /// <summary>Whether there is a connection that the next question can go over.</summary>
    protected abstract bool IsOpen { get; }

    /// <summary>Opens a connection.</summary>
    protected abstract Task OpenAsync(CancellationToken token);

    /// <summary>Sends a question and reads its answer over the open connection. Null if the master has closed it.</summary>
    protected abstract Task<byte[]?> ExchangeAsync(byte[] question, CancellationToken token);

    /// <summary>Closes the connection, if there is one.</summary>
    protected abstract void Close();

    protected MasterRequestException NotAnswering(Exception? cause) => new(
        MasterRequestReason.MasterNotAnswering, $"The master at {Master} closed the connection instead of answering.{ClosedHint}", cause);

    /// <summary>What may be wrong if a master closes the connection: empty, or a blank and a sentence.</summary>
    protected virtual string ClosedHint => string.Empty;

    protected MasterRequestException UnexpectedReply() =>
        new(
            MasterRequestReason.UnexpectedAnswer,
            $"The server at {Master} does not speak Salt's {Transport.Own} transport. Does the master use transport: {Transport.Other}?"
        );
}
