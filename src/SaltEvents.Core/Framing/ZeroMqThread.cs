using System;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Tasks;

namespace SaltEvents.Core.Framing;

/// <summary>The thread that ZeroMQ sockets belong to: runs one job after another, and ends when it is disposed.</summary>
internal sealed class ZeroMqThread : IDisposable
{
    private readonly BlockingCollection<Action> jobs = [];
    private readonly Thread thread;

    public ZeroMqThread(string name)
    {
        thread = new Thread(Run) { IsBackground = true, Name = name };
        thread.Start();
    }

    /// <summary>Runs a job there, after those that are already waiting.</summary>
    public Task<T> RunAsync<T>(Func<T> job)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        jobs.Add(() =>
        {
            try
            {
                done.SetResult(job());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    /// <summary>Waits for the jobs that were given; a job must see by itself that it has to end.</summary>
    public void Dispose()
    {
        jobs.CompleteAdding();
        thread.Join();
        jobs.Dispose();
    }

    private void Run()
    {
        foreach (var job in jobs.GetConsumingEnumerable())
        {
            job();
        }
    }
}
