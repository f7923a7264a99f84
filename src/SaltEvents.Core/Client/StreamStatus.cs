using System;
using SaltEvents.Core.Client;
using SaltEvents.Core.Compat;

namespace SaltEvents;

/// <summary>A change of a subscription, at its place between the events: the output of Watch-SaltEvent -IncludeStatus.</summary>
public sealed class StreamStatus
{
    internal StreamStatus(StreamState kind, DateTime time, TimeSpan duration, string message, long count = 0)
    {
        Kind = kind;
        Time = time;
        Duration = duration;
        Count = count;
        Message = DisplayText.OneLine(message);
    }

    /// <summary>Connected, Disconnected, Reconnected, Dropped or Gap.</summary>
    public string State => Kind.ToString();

    /// <summary>When, by this computer's clock, UTC.</summary>
    public DateTime Time { get; }

    /// <summary>How long the bus was away, for Reconnected.</summary>
    public TimeSpan Duration { get; }

    /// <summary>How many events were lost, for Dropped, and for Gap if that is known.</summary>
    public long Count { get; }

    /// <summary>The same in words, with the address and the reason.</summary>
    public string Message { get; }

    internal StreamState Kind { get; }

    /// <inheritdoc/>
    public override string ToString() => Message;
}
