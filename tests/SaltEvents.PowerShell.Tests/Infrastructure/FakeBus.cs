using System;
using System.Collections.Generic;
using System.Net.Sockets;

namespace SaltEvents.Tests;

/// <summary>The sockets of a master's bus served only by the test: for what no real bus should do.</summary>
internal sealed class FakeBus : IDisposable
{
    private readonly Socket pub;
    private readonly Socket pull;
    private readonly List<Socket> accepted = [];

    public FakeBus(string directory)
    {
        pub = Listen(System.IO.Path.Combine(directory, "master_event_pub.ipc"));
        pull = Listen(System.IO.Path.Combine(directory, "master_event_pull.ipc"));
    }

    /// <summary>Whether no client has connected to either socket.</summary>
    public bool IsUntouched => !pub.Poll(0, SelectMode.SelectRead) && !pull.Poll(0, SelectMode.SelectRead);

    public bool HasListener => pub.Poll(0, SelectMode.SelectRead);

    public Socket AcceptListener() => Accept(pub);

    public Socket AcceptSender() => Accept(pull);

    public void Dispose()
    {
        accepted.ForEach(s => s.Dispose());
        pub.Dispose();
        pull.Dispose();
    }

    private static Socket Listen(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen();
        return socket;
    }

    private Socket Accept(Socket listener)
    {
        if (!listener.Poll(Until.Limit, SelectMode.SelectRead))
        {
            throw new TimeoutException("Nobody connected.");
        }

        var socket = listener.Accept();
        socket.ReceiveTimeout = (int)Until.Limit.TotalMilliseconds;
        accepted.Add(socket);
        return socket;
    }
}
