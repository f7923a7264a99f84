using System;
using System.Collections.Generic;
using System.Diagnostics;

namespace SaltEvents.Core.Nats.JetStream;

/// <summary>
/// The events that wait to be published or acknowledged, in their order; no I/O. Those that were sent stay at its head until
/// they are acknowledged. If one fails, it and all after it are sent again: <see cref="Rewind"/>. Not safe for several threads.
/// </summary>
internal sealed class RelayQueue(int capacity)
{
    private const long MaxBytes = 256L * 1024 * 1024;
    private const int MaxWindow = 512;
    private readonly LinkedList<RelayItem> items = new();
    private readonly Dictionary<long, LinkedListNode<RelayItem>> sent = [];
    private LinkedListNode<RelayItem>? next; // the first to be sent
    private LinkedListNode<RelayItem>? fresh; // the first that was never sent
    private long bytes;
    private int window = MaxWindow;
    private int inFlight;
    private int successes;

    public int Count => items.Count;

    public bool HasInFlight => inFlight > 0;

    /// <summary>Counts the attempts, to distinguish answers to earlier ones.</summary>
    public int Generation { get; private set; }

    /// <summary>The event that has waited longest for its acknowledgement; null where none waits.</summary>
    public RelayItem? Oldest => inFlight > 0 ? items.First?.Value : null;

    /// <summary>Adds an event at the end.</summary>
    /// <returns>How many others were dropped for it, the oldest that were never sent.</returns>
    public int Add(RelayItem item)
    {
        var node = items.AddLast(item);
        bytes += item.Body.Length;
        fresh ??= node;
        next ??= node;
        var dropped = 0;
        while ((items.Count > capacity || bytes > MaxBytes) && fresh is { } oldest && oldest != node)
        {
            Remove(oldest);
            dropped++;
        }

        return dropped;
    }

    /// <summary>Takes the next event to send; false if there is none, or if the maximum number is in flight.</summary>
    /// <param name="item">The event.</param>
    /// <param name="previous">The one that the server must have stored last; null where all before it are stored.</param>
    public bool TryTake(out RelayItem? item, out RelayItem? previous)
    {
        while (next is { Value.IsAcknowledged: true })
        {
            next = next.Next;
        }

        (item, previous) = (null, null);
        if (next is not { } node || inFlight >= window || node.Previous is { Value.IsBarrier: true })
        {
            return false;
        }

        (item, previous) = (node.Value, node.Previous?.Value);
        if (item.Attempts++ == 0)
        {
            fresh = node.Next;
        }

        (item.SentAt, item.SentIn) = (Stopwatch.GetTimestamp(), Generation);
        sent[item.Number] = node;
        next = node.Next;
        inFlight++;
        return true;
    }

    /// <summary>The event of that number, if it was sent and is not finished.</summary>
    public RelayItem? Find(long number) => sent.TryGetValue(number, out var node) ? node.Value : null;

    /// <summary>The server has stored the event, whichever attempt it answers.</summary>
    public void Acknowledge(RelayItem item)
    {
        item.IsAcknowledged = true;
        sent.Remove(item.Number);
        if (item.SentIn == Generation)
        {
            inFlight--;
            if (++successes >= window && window < MaxWindow)
            {
                (window, successes) = (window * 2, 0);
            }
        }

        while (items.First is { Value.IsAcknowledged: true } first)
        {
            Remove(first);
        }
    }

    /// <summary>Gives an event up.</summary>
    public void GiveUp(RelayItem item)
    {
        if (sent.TryGetValue(item.Number, out var node))
        {
            Remove(node);
            Rewind();
        }
    }

    /// <summary>Sends everything again that is not acknowledged.</summary>
    /// <param name="isContended">Whether others published in between: fewer are on their way at once then.</param>
    public void Rewind(bool isContended = false)
    {
        Generation++;
        next = items.First;
        inFlight = successes = 0;
        if (isContended)
        {
            window = Math.Max(1, window / 8);
        }
    }

    private void Remove(LinkedListNode<RelayItem> node)
    {
        next = next == node ? node.Next : next;
        fresh = fresh == node ? node.Next : fresh;
        sent.Remove(node.Value.Number);
        bytes -= node.Value.Body.Length;
        items.Remove(node);
    }
}
