using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Threading.Channels;
using System.Threading.Tasks;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Tests.Client;

/// <summary>Two listening sockets and the simplest relay between them: a bus whose way to publish changes while its sockets stay.</summary>
internal sealed class RelayByHand : IDisposable
{
    private const string Probe = "probe";
    private readonly Socket pub;
    private readonly Socket pull;
    private readonly List<Socket> subscribers = [];
    private readonly Channel<string> tags = Channel.CreateUnbounded<string>();

    public RelayByHand(BusEndpoint place)
    {
        if (place.Pub is UnixBusAddress unix)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(unix.Path)!);
        }

        (pub, var pubAddress) = RawPeer.Listen(place.Pub);
        (pull, var pullAddress) = RawPeer.Listen(place.Pull);
        Endpoint = new BusEndpoint(pubAddress, pullAddress);
        _ = Task.Run(AcceptAsync);
    }

    public BusEndpoint Endpoint { get; }

    /// <summary>How it publishes.</summary>
    public FrameFormat Format { get; set; }

    /// <summary>
    /// The tags of the next events that it was sent, and has published; "probe" for the question how it takes them, which a slow machine
    /// asks twice.
    /// </summary>
    public async Task<List<string>> ReadTagsAsync(int count)
    {
        var read = new List<string>();
        while (read.Count < count)
        {
            var tag = await tags.Reader.ReadAsync().AsTask().Soon();
            if (tag != Probe || read.LastOrDefault() != Probe)
            {
                read.Add(tag);
            }
        }

        lock (subscribers)
        {
            return read; // published too
        }
    }

    public void Dispose()
    {
        pub.Dispose();
        pull.Dispose();
        subscribers.ForEach(s => s.Dispose());
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var sender = await RawPeer.AcceptAsync(pull);
                _ = Task.Run(() => RelayAsync(sender));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or TimeoutException)
        {
            // The test is over.
        }
    }

    private async Task RelayAsync(RawPeer sender)
    {
        using (sender)
        {
            while (await sender.ReadBodyAsync() is { } body)
            {
                var tag = EventCodec.Decode(body).Tag;
                lock (subscribers)
                {
                    // Before the answer: the sender goes on as soon as it has that.
                    tags.Writer.TryWrite(tag.StartsWith("saltevents/probe/", StringComparison.Ordinal) ? Probe : tag);
                    Publish(body);
                }
            }
        }
    }

    // Of one sender at a time: a client that connects again has two connections for a moment.
    private void Publish(byte[] body)
    {
        while (pub.Poll(0, SelectMode.SelectRead))
        {
            subscribers.Add(pub.Accept());
        }

        subscribers.ForEach(s => Record(() => s.Send(Frames.Of(body, Format))));
    }

    // A subscriber that has gone is none of its business.
    private static void Record(Action send) => Xunit.Record.Exception(send);
}
