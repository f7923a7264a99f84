using System.Threading.Tasks;

namespace SaltEvents.Core.Framing;

/// <summary>Wakes whoever waits for a change; what has changed he looks for himself, after taking the next pulse.</summary>
internal sealed class Pulse
{
    private readonly object sync = new();
    private TaskCompletionSource<bool>? waiting;

    /// <summary>Completes with the next change.</summary>
    public Task Next
    {
        get
        {
            lock (sync)
            {
                return (waiting ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
        }
    }

    /// <summary>Something has changed.</summary>
    public void Give()
    {
        TaskCompletionSource<bool>? woken;
        lock (sync)
        {
            woken = waiting;
            waiting = null;
        }

        woken?.TrySetResult(true);
    }
}
