using System;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Client;

namespace SaltEvents.Objects;

/// <summary>
/// How many events of a registration, and how many bytes of them, may be in PowerShell's own queues, which have no limit: those that
/// Get-Event gives, and those whose script has not run. While they are full, events wait in the queue of the subscription.
/// </summary>
/// <param name="manager">PowerShell's eventing.</param>
/// <param name="sourceIdentifier">The name under which Get-Event gives the events.</param>
/// <param name="hasScript">Whether a script runs, of -Action or -Until. One waits at a time.</param>
/// <param name="limit">How many events may be in the queue of Get-Event; 0 if they do not go there.</param>
internal sealed class RegistrationQueue(PSEventManager manager, string sourceIdentifier, bool hasScript, int limit)
{
    // PowerShell does not signal when an event is taken out of its queue.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private readonly SemaphoreSlim scripts = new(1);
    private int queued; // at most so many are in the queue
    private long bytes; // of these

    private bool IsFull => limit > 0 && (queued >= limit || bytes >= EventBusClientOptions.Default.QueueBytes);

    /// <summary>Waits for a moment until one more event may be given to PowerShell; false if none may yet.</summary>
    public async Task<bool> WaitForRoomAsync(CancellationToken token)
    {
        if (hasScript && !await scripts.WaitAsync(Look, token).ConfigureAwait(false))
        {
            return false;
        }

        if (IsFull)
        {
            Recount();
        }

        if (IsFull)
        {
            Release();
            await Task.Delay(Look, token).ConfigureAwait(false);
            return false;
        }

        return true;
    }

    /// <summary>An event is given to PowerShell.</summary>
    /// <param name="size">Its size in bytes.</param>
    public void Add(int size)
    {
        queued++;
        bytes += size;
    }

    /// <summary>A script has run.</summary>
    public void Release()
    {
        if (hasScript)
        {
            scripts.Release();
        }
    }

    private void Recount()
    {
        lock (manager.ReceivedEvents.SyncRoot)
        {
            var sizes = manager.ReceivedEvents
                .Where(e => string.Equals(e.SourceIdentifier, sourceIdentifier, StringComparison.OrdinalIgnoreCase))
                .Select(e => (e.SourceEventArgs as SaltEventArrivedEventArgs)?.SaltEvent.ReceivedSize ?? 0L)
                .ToArray();
            (queued, bytes) = (sizes.Length, sizes.Sum());
        }
    }
}
