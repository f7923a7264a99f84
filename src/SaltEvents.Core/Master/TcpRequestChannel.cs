using System;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using MessagePack;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Master;

/// <summary>
/// <c>transport: tcp</c>: msgpack maps {"head": {"mid": ..}, "body": ..} one after another, an answer with the mid of its
/// question (salt/transport/tcp.py, SaltMessageServer and MessageClient, and salt/transport/frame.py, 3006.10).
/// </summary>
internal sealed class TcpRequestChannel(TcpBusAddress master, int maxAnswerBytes) : IRequestChannel
{
    private const int ReadBytes = 16 * 1024;
    private const int MaxHeadBytes = 1024;
    private readonly SemaphoreSlim gate = new(1, 1);
    private BusConnection? connection;
    private ByteBuffer received = new();

    public async Task<byte[]> AskAsync(byte[] question, CancellationToken token)
    {
        await gate.WaitAsync(token).ConfigureAwait(false);
        try
        {
            if (connection?.Look() != PeerState.Open)
            {
                Close();
                connection = await MasterConnector.ConnectAsync(master, token).ConfigureAwait(false);
            }

            var id = Guid.NewGuid().ToString();
            await connection.SendAllAsync(Frame(id, question), token).ConfigureAwait(false);
            return await ReadAnswerAsync(id, token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Close(); // a late answer must not meet the next question
            throw e switch
            {
                SocketException => NotAnswering(e),
                FrameFormatException or EventFormatException => NoAnswer(),
                _ => e,
            };
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose()
    {
        Close();
        gate.Dispose();
    }

    private static ArraySegment<byte> Frame(string id, byte[] question)
    {
        var output = new ByteBuffer(question.Length + 128);
        var writer = new MessagePackWriter(output);
        writer.WriteMapHeader(2);
        writer.Write("head");
        writer.WriteMapHeader(1);
        writer.Write("mid");
        writer.Write(id);
        writer.Write("body");
        writer.WriteRaw(question);
        writer.Flush();
        return output.Written;
    }

    private async Task<byte[]> ReadAnswerAsync(string id, CancellationToken token)
    {
        while (true)
        {
            var frame = await ReadValueAsync(token).ConfigureAwait(false);
            if (Body(frame, id) is { } body)
            {
                return body;
            }
        }
    }

    // Null where it answers another question.
    private byte[]? Body(byte[] frame, string id)
    {
        if (!new PayloadView(frame).TryGetValue("head", out var head) || head is not PayloadMap map)
        {
            throw NoAnswer();
        }

        var entries = new PayloadView(frame).GetEntries();
        while (map["mid"] is string answered && answered == id && entries.MoveNext())
        {
            if (entries.HasTextKey && entries.KeyText.SequenceEqual("body"u8))
            {
                return frame.AsSpan(entries.ValueOffset, entries.ValueLength).ToArray();
            }
        }

        return null;
    }

    private async Task<byte[]> ReadValueAsync(CancellationToken token)
    {
        var scanner = new MessagePackScanner(maxAnswerBytes + MaxHeadBytes);
        while (!scanner.Scan(received.Written))
        {
            _ = MemoryMarshal.TryGetArray(received.GetMemory(ReadBytes), out ArraySegment<byte> free);
            var count = await connection!.ReceiveAsync(free, token).ConfigureAwait(false);
            if (count == 0)
            {
                throw NotAnswering(null);
            }

            received.Advance(count);
        }

        var all = received.Written;
        var rest = new ByteBuffer();
        rest.Write(all.AsSpan(scanner.Length));
        received = rest;
        return all.AsSpan(0, scanner.Length).ToArray();
    }

    private void Close()
    {
        connection?.Dispose();
        connection = null;
        received = new ByteBuffer();
    }

    private MasterRequestException NotAnswering(Exception? cause) => new(
        MasterRequestReason.MasterNotAnswering, $"The master at {master} closed the connection instead of answering.", cause);

    private MasterRequestException NoAnswer() => new(
        MasterRequestReason.UnexpectedAnswer, $"What answers at {master} does not speak Salt's TCP transport. Does the master use transport: zeromq?");
}
