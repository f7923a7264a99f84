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
    private const int MostSeen = 256;
    private const int MostSent = 64;

    // Large events are not kept for completion.
    private const int LargestBody = 8 * 1024;

    private static readonly ConditionalWeakTable<Runspace, SeenEvents> States = new();
    private readonly CoreEvent?[] seen = new CoreEvent?[MostSeen];
    private readonly List<string> sent = [];
    private uint count;
    private string? lastSent;

    /// <summary>The events of the runspace on this thread; those of no runspace if there is none.</summary>
    public static SeenEvents Current => Runspace.DefaultRunspace is { } runspace ? States.GetOrCreateValue(runspace) : new SeenEvents();

    /// <summary>The events that were given, the last one first.</summary>
    public IEnumerable<SaltEvent> Seen =>
        Enumerable
            .Range(1, MostSeen)
            .Select(back => seen[(count + MostSeen - back) % MostSeen])
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
            seen[count++ % MostSeen] = saltEvent;
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
            if (sent.Count > MostSent)
            {
                sent.RemoveAt(0);
            }
        }
    }
}
