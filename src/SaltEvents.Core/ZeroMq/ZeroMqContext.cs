using System;
using System.Threading;
using NetMQ;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.ZeroMq;

/// <summary>NetMQ's own two threads: they start with the first of its sockets and end here, soon after the last user.</summary>
internal static class ZeroMqContext
{
    // Each connection has one, and a bus takes in up to 4,096; NetMQ's own limit is 1,024. It only counts before the first socket.
    private const int MaxSockets = 16 * 1024;

    // What NetMQ has not got rid of when its threads end keeps its handles forever, and only NetMQ knows when that is done. On a busy
    // machine it takes some 10 ms.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private static readonly object Gate = new();
    private static readonly Timer Ending = new(_ => CleanUp());
    private static int users;

    /// <summary>Before a socket is made.</summary>
    public static void Enter()
    {
        lock (Gate)
        {
            if (users++ == 0)
            {
                NetMQConfig.MaxSockets = Math.Max(NetMQConfig.MaxSockets, MaxSockets);
            }
        }
    }

    /// <summary>After it was closed.</summary>
    public static void Leave()
    {
        lock (Gate)
        {
            if (--users == 0 && !PackageSharing.MayBeShared)
            {
                Ending.Change(Grace, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private static void CleanUp()
    {
        lock (Gate)
        {
            if (users == 0)
            {
                // Without waiting: a socket that NetMQ never gets rid of would hold up every ZeroMQ connection of the process
                // forever. What has to be sent, each connection has waited for already.
                NetMQConfig.Cleanup(block: false);
            }
        }
    }
}
