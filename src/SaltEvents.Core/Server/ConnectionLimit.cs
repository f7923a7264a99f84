using System;
using System.Net.Sockets;
using System.Threading;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Connections;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Server;

/// <summary>
/// How many connections a bus holds at once. Otherwise a client could use up every file handle of the process, which
/// then ends. All buses of the process together leave it half of the handles that were free when the first one started.
/// </summary>
internal sealed class ConnectionLimit
{
    private const int DefaultMaximum = 4096;
    private static readonly Lazy<int> Shared = new(() => FileHandles.Free / 2);
    private static int handlesTaken;
    private readonly BusProtocol protocol;
    private readonly int handlesEach;
    private readonly int maxFrameBytes;
    private int taken;
    private long refused;

    public ConnectionLimit(EventBusServerOptions options)
    {
        protocol = options.Listen.Protocol;
        maxFrameBytes = options.MaxFrameBytes;
        handlesEach = protocol.HandlesPerConnection;
        Maximum = options.MaxConnections ?? Math.Max(1, Math.Min(DefaultMaximum, Shared.Value / 2 / handlesEach));
    }

    /// <summary>The limit of this bus.</summary>
    public int Maximum { get; }

    /// <summary>How many connections were refused.</summary>
    public long Refused => Interlocked.Read(ref refused);

    /// <summary>Takes one more connection in; null if it is refused, which closes and counts it.</summary>
    /// <param name="accepted">The connection.</param>
    /// <param name="side">The socket at which the bus accepted it.</param>
    public FrameConnection? Admit(SocketConnection accepted, BusSide side)
    {
        if (!TryTake())
        {
            accepted.Dispose();
            Interlocked.Increment(ref refused);
            return null;
        }

        try
        {
            return protocol.Accept(accepted, side, maxFrameBytes);
        }
        catch (SocketException)
        {
            Return(); // no handle is free for what the protocol needs in addition; the connection is closed
            Interlocked.Increment(ref refused);
            return null;
        }
    }

    /// <summary>A connection that was taken in has ended.</summary>
    public void Return()
    {
        Interlocked.Decrement(ref taken);
        Interlocked.Add(ref handlesTaken, -handlesEach);
    }

    private bool TryTake()
    {
        if (Interlocked.Increment(ref taken) <= Maximum)
        {
            if (Interlocked.Add(ref handlesTaken, handlesEach) <= Shared.Value)
            {
                return true;
            }

            Interlocked.Add(ref handlesTaken, -handlesEach);
        }

        Interlocked.Decrement(ref taken);
        return false;
    }
}
