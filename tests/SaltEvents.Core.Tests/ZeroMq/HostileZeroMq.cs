using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using SaltEvents.Core.Tests.Support;

namespace SaltEvents.Core.Tests.ZeroMq;

/// <summary>What peers say that speak something else, or ZeroMQ wrongly.</summary>
internal static class HostileZeroMq
{
    private static readonly byte[] Signature = [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F];
    private static readonly byte[] Greeting = [.. Signature, 3, 0, .. "NULL"u8, .. new byte[16 + 32]];

    /// <summary>What a broken peer, or one that wants to break us, says first.</summary>
    /// <param name="socketType">As what it presents itself, where it does.</param>
    public static IEnumerable<byte[]> Greetings(string socketType)
    {
        var ready = Ready(socketType);
        yield return [.. Signature];
        yield return [.. Signature, 0xFF, 0xFF];
        foreach (var version in new byte[] { 0, 1, 2, 3, 4, 0x80 })
        {
            yield return [.. Signature, version, .. Enumerable.Repeat((byte)0xAA, 80)];
            yield return [.. Signature, version, 8, 0, 0];
            yield return [.. Signature, version, 8, 0, 0, 0, 5, .. "hello"u8];
        }

        yield return [.. Signature, 3, 0, .. "CURVE"u8, .. new byte[15 + 32], .. ready];
        yield return [.. Signature, 3, 0, .. "PLAIN"u8, .. new byte[15 + 32], .. ready];
        yield return [.. Greeting, 4, 0];
        yield return [.. Greeting, 4, 1, 0];
        yield return [.. Greeting, 4, 5, 200, .. "READ"u8];
        yield return [.. Greeting, 4, 25, 5, .. "READY"u8, 255, .. "Socket-Type"u8, 0, 0, 0, 4, .. "PUSH"u8];
        yield return [.. Greeting, 4, 26, 5, .. "READY"u8, 11, .. "Socket-Type"u8, 0xFF, 0xFF, 0xFF, 0xFF, .. "PUSH"u8];
        yield return [.. Greeting, 4, 26, 5, .. "READY"u8, 11, .. "Socket-Type"u8, 0, 0, 0, 4, .. "REQ\0"u8];
        yield return [.. Greeting, 6, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        yield return [.. Greeting, .. ready, 2, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        yield return [.. Greeting, .. ready, 2, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1];
        yield return [.. Greeting, .. ready, 2, 0, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF, 1];
        yield return [.. Greeting, .. ready, 0xFF, 0xFF, 0xFF];
        yield return [.. Greeting, .. ready, 4, 4, 4, .. "PIN"u8];
        yield return [.. Greeting, .. ready, 4, 5, 4, .. "PING"u8];
        yield return [.. Greeting, .. ready, 4, 7, 4, .. "PING"u8, 0, 0];
        yield return [.. Greeting, .. ready, 0, 0, 0, 1, 1, 0, 1, 0, 1, 1, 2, 0, 1, 9];
        yield return [.. Greeting, .. ready, 1, 1, .. "x"u8, 1, 1, .. "y"u8]; // parts of a message that never ends
        yield return [1, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        yield return [1, 0, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        yield return [1, 0, 0, 0, 0, 0];
        yield return [1, 5, 5, 5, 5, 5, 5, 5];
        yield return [.. "GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8];
        yield return Frames.Event("a/stream");
    }

    /// <summary>Bytes by chance, some of them after a good greeting.</summary>
    public static IEnumerable<byte[]> Noise(string socketType, int count)
    {
        var random = new Random(42);
        for (var i = 0; i < count; i++)
        {
            var bytes = new byte[random.Next(1, 300)];
            random.NextBytes(bytes);
            yield return (i % 3) switch
            {
                0 => [.. Signature, .. bytes],
                1 => [.. Greeting, .. Ready(socketType), .. bytes],
                _ => [.. Signature, 3, .. bytes],
            };
        }
    }

    /// <summary>A good greeting, and then these frames: flags, a length, bytes.</summary>
    public static byte[] Greeted(string socketType, params byte[] frames) => [.. Greeting, .. Ready(socketType), .. frames];

    /// <summary>
    /// As <see cref="Greeted(string, byte[])"/>, and then one frame again and again until the other side closes; returns how many bytes
    /// that were.
    /// </summary>
    public static async Task<long> SendForeverAsync(RawPeer peer, string socketType, byte[] frame)
    {
        var blob = Enumerable.Repeat(frame, Math.Max(1, 65536 / frame.Length)).SelectMany(f => f).ToArray();
        var sent = 0L;
        try
        {
            await peer.SendAsync(Greeted(socketType)).Soon();
            while (true)
            {
                await peer.SendAsync(blob).Soon();
                sent += blob.Length;
            }
        }
        catch (SocketException)
        {
            return sent;
        }
    }

    private static byte[] Ready(string socketType) =>
        [
            4,
            (byte)(22 + socketType.Length),
            5,
            .. "READY"u8,
            11,
            .. "Socket-Type"u8,
            0,
            0,
            0,
            (byte)socketType.Length,
            .. Encoding.ASCII.GetBytes(socketType),
        ];
}
