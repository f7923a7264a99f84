using System;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;

namespace SaltEvents.Objects;

/// <summary>
/// How many events of a registration may be in PowerShell's own queues, which have no limit: those that Get-Event gives, and those
/// whose action has not run. While they are full, events wait in the queue of the subscription.
/// </summary>
internal sealed class RegistrationQueue(PSEventManager manager, string sourceIdentifier, bool hasAction, int limit)
{
    // Actions run one after the other, each as soon as the engine is free; a few are enough to keep it busy.
    private const int MaxActions = 64;

    // PowerShell tells nobody when an event is taken out of its queue.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private readonly SemaphoreSlim actions = new(MaxActions);
    private int queued; // at most so many are in the queue

    /// <summary>Waits for a moment until one more event may be given to PowerShell; false where none may yet.</summary>
    public async Task<bool> WaitForRoomAsync(CancellationToken token)
    {
        if (hasAction)
        {
            return await actions.WaitAsync(Look, token).ConfigureAwait(false);
        }

        if (queued >= limit && (queued = Count()) >= limit)
        {
            await Task.Delay(Look, token).ConfigureAwait(false);
            return false;
        }

        queued++;
        return true;
    }

    /// <summary>An action has run.</summary>
    public void Release() => actions.Release();

    /// <summary>There was nothing to give.</summary>
    public void Return()
    {
        if (hasAction)
        {
            actions.Release();
        }
        else
        {
            queued--;
        }
    }

    private int Count()
    {
        lock (manager.ReceivedEvents.SyncRoot)
        {
            return manager.ReceivedEvents.Count(e => string.Equals(e.SourceIdentifier, sourceIdentifier, StringComparison.OrdinalIgnoreCase));
        }
    }
}
