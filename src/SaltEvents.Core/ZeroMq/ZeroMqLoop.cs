using System;
using System.Threading.Tasks;
using NetMQ;

namespace SaltEvents.Core.ZeroMq;

/// <summary>
/// The one thread that the sockets of all ZeroMQ connections belong to: it waits for all of them and for work at once, and
/// lives as long as there are connections.
/// </summary>
internal sealed class ZeroMqLoop
{
    private static readonly object Gate = new();
    private static ZeroMqLoop? current;
    private static int users;
    private readonly object starting = new();
    private readonly NetMQPoller poller;
    private bool hasEnded; // under starting: what is given to a poller while it ends would try forever

    private ZeroMqLoop()
    {
        ZeroMqContext.Enter();
        poller = new NetMQPoller();
        poller.RunAsync("SaltEvents 0mq", isBackgroundThread: true);
    }

    /// <summary>The loop; each Enter needs a Leave.</summary>
    public static ZeroMqLoop Enter()
    {
        lock (Gate)
        {
            current ??= new ZeroMqLoop();
            users++;
            return current;
        }
    }

    /// <summary>Ends the thread if it has no other user. Must not be called on that thread.</summary>
    public static void Leave()
    {
        lock (Gate)
        {
            if (--users == 0)
            {
                lock (current!.starting)
                {
                    current.hasEnded = true;
                }

                current.poller.Dispose();
                current = null;
                ZeroMqContext.Leave();
            }
        }
    }

    /// <summary>Runs work there; the work must not throw. After the thread has ended, nothing is run.</summary>
    public Task RunAsync(Action work)
    {
        lock (starting)
        {
            if (hasEnded)
            {
                return Task.CompletedTask;
            }

            var task = new Task(work);
            task.Start(poller);
            return task;
        }
    }

    /// <summary>Calls the socket's handler whenever something can be received, until <see cref="Unwatch"/>. On that thread only.</summary>
    public void Watch(ZeroMqSocket socket) => poller.Add(socket.Inner);

    /// <summary>Ends it. On that thread only.</summary>
    public void Unwatch(ZeroMqSocket socket) => poller.Remove(socket.Inner);
}
