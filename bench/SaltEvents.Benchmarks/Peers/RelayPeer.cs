using System;

namespace SaltEvents.Benchmarks.Peers;

/// <summary>A process that passes on the bytes of one connection to another through plain sockets: what a bus at least costs.</summary>
internal static class RelayPeer
{
    public const string Verb = "peer-relay";

    public static int Run(string pub, string pull)
    {
        var (pubAddress, pullAddress) = (PeerAddress.Parse(pub), PeerAddress.Parse(pull));
        using var pubListener = PublisherPeer.StartListening(ref pubAddress);
        using var pullListener = PublisherPeer.StartListening(ref pullAddress);
        Console.WriteLine($"ready {pubAddress} {pullAddress}");
        using var subscriber = pubListener.Accept();
        using var sender = pullListener.Accept();
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = sender.Receive(buffer)) > 0)
        {
            for (var sent = 0; sent < count;)
            {
                sent += subscriber.Send(buffer.AsSpan(sent, count - sent));
            }
        }

        return 0;
    }
}
