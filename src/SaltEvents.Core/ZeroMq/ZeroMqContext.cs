using NetMQ;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.ZeroMq;

/// <summary>NetMQ's own two threads: they start with the first of its sockets and end here with the last user.</summary>
internal static class ZeroMqContext
{
    private static readonly object Gate = new();
    private static int users;

    /// <summary>Before a socket is made.</summary>
    public static void Enter()
    {
        lock (Gate)
        {
            users++;
        }
    }

    /// <summary>After it was closed.</summary>
    public static void Leave()
    {
        lock (Gate)
        {
            if (--users == 0 && !PackageSharing.MayBeShared)
            {
                // Without waiting: a socket that NetMQ never gets rid of would hold up every ZeroMQ connection of the process
                // for ever. What has to be sent, each connection has waited for already.
                NetMQConfig.Cleanup(block: false);
            }
        }
    }
}
