using System;

namespace SaltEvents;

/// <summary>What happened to a stream of events, at its place in the stream: Watch-SaltEvent -IncludeStatus gives it.</summary>
public sealed class StreamStatus
{
    internal StreamStatus(string state, DateTime time, TimeSpan duration, long count, string message)
    {
        State = state;
        Time = time;
        Duration = duration;
        Count = count;
        Message = TerminalText.OneLine(message);
    }

    /// <summary>Connected, Disconnected, Reconnected or Dropped.</summary>
    public string State { get; }

    /// <summary>When, UTC.</summary>
    public DateTime Time { get; }

    /// <summary>How long the bus was away, for Reconnected.</summary>
    public TimeSpan Duration { get; }

    /// <summary>How many events were lost, for Dropped.</summary>
    public long Count { get; }

    /// <summary>The same in words.</summary>
    public string Message { get; }

    /// <inheritdoc/>
    public override string ToString() => Message;
}
