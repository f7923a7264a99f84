using System;
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
internal sealed class TcpRequestChannel(TcpBusAddress master, int maxAnswerBytes) : StreamRequestChannel<SocketConnection>(master)
{
    private const int ReadBytes = 16 * 1024;
    private const int MaxHeadBytes = 1024;
    private const byte TlsAlert = 0x15; // the first byte of a TLS record that says what is wrong; as msgpack, the number 21
    private ByteBuffer received = new();

    protected override (string Own, string Other) Transport => ("TCP", "zeromq or ws");

    protected override string ClosedHint =>
        " A master with ssl in its configuration does that: it speaks TLS there, which SaltEvents does not support.";

    protected override Task<SocketConnection> OpenAsync(SocketConnection opened, CancellationToken token)
    {
        received = new ByteBuffer();
        return Task.FromResult(opened);
    }

    protected override async Task<byte[]?> AskAsync(SocketConnection connection, byte[] question, CancellationToken token)
    {
        var id = Guid.NewGuid().ToString();
        await connection.SendAllAsync(Frame(id, question), token).ConfigureAwait(false);
        while (await ReadValueAsync(connection, token).ConfigureAwait(false) is { } frame)
        {
            if (Body(frame, id) is { } body)
            {
                return body;
            }
        }

        return null;
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

    // Null if it answers another question.
    private byte[]? Body(byte[] frame, string id)
    {
        if (frame.Length == 1 && frame[0] == TlsAlert)
        {
            throw new MasterRequestException(
                MasterRequestReason.UnexpectedAnswer,
                $"The server at {Master} speaks TLS, which SaltEvents does not support: the master has ssl in its configuration."
            );
        }

        if (!new PayloadView(frame).TryGetValue("head", out var head) || head is not PayloadMap map)
        {
            throw UnexpectedReply();
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

    // Null at the end of the stream.
    private async Task<byte[]?> ReadValueAsync(SocketConnection connection, CancellationToken token)
    {
        var walker = new MessagePackWalker(0, 1);
        while (walker.Walk(received.Written) is var walked && walked != WalkResult.Done)
        {
            if (walked == WalkResult.Bad || walker.MinimumLength > maxAnswerBytes + MaxHeadBytes)
            {
                throw UnexpectedReply();
            }

            _ = MemoryMarshal.TryGetArray(received.GetMemory(ReadBytes), out ArraySegment<byte> free);
            var count = await connection.ReceiveAsync(free, token).ConfigureAwait(false);
            if (count == 0)
            {
                return null;
            }

            received.Advance(count);
        }

        var all = received.Written;
        var rest = new ByteBuffer();
        rest.Write(all.AsSpan((int)walker.Position));
        received = rest;
        return all.AsSpan(0, (int)walker.Position).ToArray();
    }
}
