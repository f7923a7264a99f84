using System.Collections.Generic;
using System.Linq;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using CoreEvent = SaltEvents.Core.Events.SaltEvent;

namespace SaltEvents.Objects;

/// <summary>
/// The last events that commands of one runspace received and sent, for completion. They are not decoded before someone
/// presses Tab.
/// </summary>
internal sealed class SeenEvents
{
    private const int MaxSeen = 256;
    private const int MaxSent = 64;

    // Large events are not kept for completion.
    private const int LargestBody = 8 * 1024;

    private static readonly ConditionalWeakTable<Runspace, SeenEvents> States = new();
    private readonly CoreEvent?[] seen = new CoreEvent?[MaxSeen];
    private readonly List<string> sent = [];
    private uint count;
    private string? lastSent;

    /// <summary>The events of the runspace on this thread; those of no runspace if there is none.</summary>
    public static SeenEvents Current => Runspace.DefaultRunspace is { } runspace ? States.GetOrCreateValue(runspace) : new SeenEvents();

    /// <summary>The events that were given, the last one first.</summary>
    public IEnumerable<SaltEvent> Seen =>
        Enumerable
            .Range(1, MaxSeen)
            .Select(back => seen[(count + MaxSeen - back) % MaxSeen])
            .OfType<CoreEvent>()
            .Select(e => new SaltEvent(e));

    /// <summary>The tags that were sent, the last one first.</summary>
    public IReadOnlyList<string> SentTags
    {
        get
        {
            lock (sent)
            {
                return [.. Enumerable.Reverse(sent)];
            }
        }
    }

    public void Add(CoreEvent saltEvent)
    {
        if (saltEvent.Body.Length <= LargestBody)
        {
            seen[count++ % MaxSeen] = saltEvent;
        }
    }

    public void AddSent(string tag)
    {
        if (tag == lastSent)
        {
            return;
        }

        lock (sent)
        {
            lastSent = tag;
            sent.Remove(tag);
            sent.Add(tag);
            if (sent.Count > MaxSent)
            {
                sent.RemoveAt(0);
            }
        }
    }
}
