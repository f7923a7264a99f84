using System.Threading.Tasks;

namespace SaltEvents.Core.ZeroMq;

/// <summary>
/// Wakes every task that waits for a change. A waiter takes <see cref="NextAsync"/> first and then checks what has changed.
/// </summary>
internal sealed class AsyncSignal
{
    private readonly object sync = new();
    private TaskCompletionSource<bool>? waiting;

    /// <summary>Completes with the next change.</summary>
    public Task NextAsync()
    {
        lock (sync)
        {
            return (waiting ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Something has changed.</summary>
    public void Set()
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
