using System;
using System.Net.Sockets;
using System.Threading;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;
using SaltEvents.Core.ZeroMq;

namespace SaltEvents.Core.Server;

/// <summary>
/// How many connections a bus holds at once. Whoever may connect could otherwise take every file handle of the process, which
/// then ends. All buses of the process together leave it half of the handles that were free when the first one started.
/// </summary>
internal sealed class ConnectionLimit
{
    private const int MostByDefault = 4096;
    private const int ZeroMqHandles = 6; // the connection itself, the bridge's and NetMQ's
    private static readonly Lazy<int> Shared = new(() => FileHandles.Free / 2);
    private static int handlesTaken;
    private readonly int handlesEach;
    private readonly int maxMessageBytes;
    private int taken;
    private long refused;

    public ConnectionLimit(EventBusServerOptions options)
    {
        maxMessageBytes = options.MaxFrameBytes;
        handlesEach = options.IsZeroMq ? ZeroMqHandles : 1;
        Most = options.MaxConnections ?? Math.Max(1, Math.Min(MostByDefault, Shared.Value / 2 / handlesEach));
    }

    /// <summary>The limit of this bus.</summary>
    public int Most { get; }

    /// <summary>How many connections were refused.</summary>
    public long Refused => Interlocked.Read(ref refused);

    /// <summary>Takes one more connection in; null where it is refused, which closes and counts it.</summary>
    /// <param name="accepted">The connection.</param>
    /// <param name="role">What the bus does there.</param>
    public BusConnection? Admit(BusConnection accepted, ZeroMqRole role)
    {
        if (!TryTake())
        {
            accepted.Dispose();
            Interlocked.Increment(ref refused);
            return null;
        }

        try
        {
            return EventConnector.Accepted(accepted, role, maxMessageBytes);
        }
        catch (SocketException)
        {
            Return(); // no handle is free for what a ZeroMQ connection needs beside its own; it is closed
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
        if (Interlocked.Increment(ref taken) <= Most)
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
