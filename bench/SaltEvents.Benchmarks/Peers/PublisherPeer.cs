using System;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using SaltEvents.Benchmarks.Events;
using SaltEvents.Core.Transport;

namespace SaltEvents.Benchmarks.Peers;

/// <summary>
/// A process that writes frames made beforehand as fast as a plain socket takes them, so that what is measured is the reader.
/// It listens where it plays the pub side of a bus, and connects where it plays a sender. Each "send N" on its standard input
/// is one connection with N events; the end of its standard input ends it.
/// </summary>
internal static class PublisherPeer
{
    public const string Verb = "peer-publisher";
    public const string Listen = "listen";
    public const string Connect = "connect";

    /// <summary>So many frames are made; then the sequence starts again.</summary>
    public const int Period = 50_000;

    private const int WriteBytes = 64 * 1024;

    /// <summary>Sends returns of states in place of those of test.ping.</summary>
    public const string States = "states";

    public static int Run(string mode, string addressText, params string[] kind)
    {
        var frames = kind is [States] ? StateReturn.Frame() : JobReturn.Frames(Period);
        var frameBytes = kind is [States] ? frames.Length : JobReturn.FrameBytes;
        var address = PeerAddress.Parse(addressText);
        using var listener = mode == Listen ? StartListening(ref address) : null;
        Console.WriteLine($"ready {address}");
        while (Console.ReadLine() is { } line)
        {
            var events = int.Parse(line.AsSpan("send ".Length), CultureInfo.InvariantCulture);
            using var socket = listener?.Accept() ?? StartConnection(address);
            Console.WriteLine($"sent {Send(socket, frames, (long)events * frameBytes) / frameBytes}");
        }

        return 0;
    }

    public static Socket StartListening(ref BusAddress address)
    {
        var listener = PeerAddress.CreateSocket(address);
        listener.Bind(PeerAddress.EndPoint(address));
        listener.Listen(1);
        if (listener.LocalEndPoint is IPEndPoint bound)
        {
            address = new TcpBusAddress(bound.Address.ToString(), bound.Port);
        }

        return listener;
    }

    private static Socket StartConnection(BusAddress address)
    {
        var socket = PeerAddress.CreateSocket(address);
        socket.Connect(PeerAddress.EndPoint(address));
        return socket;
    }

    // Returns the bytes that the socket took: fewer where the reader has gone away.
    private static long Send(Socket socket, byte[] frames, long total)
    {
        var sent = 0L;
        try
        {
            while (sent < total)
            {
                var start = (int)(sent % frames.Length);
                var count = Math.Min(WriteBytes, Math.Min(frames.Length - start, total - sent));
                sent += socket.Send(frames.AsSpan(start, (int)count));
            }
        }
        catch (SocketException)
        {
            // The number is the answer.
        }

        return sent;
    }
}
