using System;
using System.Diagnostics;

namespace SaltEvents.Core.Nats.JetStream;

/// <summary>An event on its way from a bus to the server.</summary>
internal sealed class RelayItem(long number, string subject, string tag, byte[] body, EventId id)
{
    /// <summary>Its number in this run of the relay.</summary>
    public long Number { get; } = number;

    public string Subject { get; } = subject;

    /// <summary>The tag, as a header holds it.</summary>
    public string Tag { get; } = tag;

    public byte[] Body { get; } = body;

    public EventId Id { get; set; } = id;

    /// <summary>How often it was sent.</summary>
    public int Attempts { get; set; }

    /// <summary>The attempt of the queue in which it was sent last.</summary>
    public int SentIn { get; set; } = -1;

    /// <summary>When it was sent last.</summary>
    public long SentAt { get; set; }

    /// <summary>Whether the stream may have an older event with this id: nothing is sent after it before it is acknowledged.</summary>
    public bool IsBarrier { get; init; }

    public bool IsAcknowledged { get; set; }

    public TimeSpan SinceSent => Stopwatch.GetElapsedTime(SentAt);
}
