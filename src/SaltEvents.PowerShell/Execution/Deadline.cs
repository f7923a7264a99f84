using System;
using System.Diagnostics;
using System.Threading;
using SaltEvents.Core.Client;

namespace SaltEvents.Execution;

/// <summary>A point in time on a monotonic clock, or never.</summary>
internal readonly struct Deadline
{
    private readonly long ticks;

    private Deadline(long ticks) => this.ticks = ticks;

    public static Deadline Never { get; } = new(long.MaxValue);

    /// <summary>Whether it never comes.</summary>
    public bool IsNever => ticks == long.MaxValue;

    public bool HasPassed => ticks != long.MaxValue && Stopwatch.GetTimestamp() >= ticks;

    /// <summary>How long it is until then; zero once it has passed.</summary>
    public TimeSpan Remaining => TimeSpan.FromSeconds(Math.Max(0, (ticks - Stopwatch.GetTimestamp()) / (double)Stopwatch.Frequency));

    public static Deadline After(TimeSpan time) => new(Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency));

    public static Deadline After(Seconds time) => time.IsInfinite ? Never : After(time.Time);

    public static Deadline Earlier(Deadline one, Deadline other) => one.ticks < other.ticks ? one : other;

    /// <summary>
    /// Waits until an event can be read or something can be reported: true; or until no more can arrive, or the deadline: false.
    /// </summary>
    /// <param name="source">What is read.</param>
    /// <param name="token">Ends the wait.</param>
    /// <param name="news">Cancelled if something can be reported.</param>
    /// <exception cref="OperationCanceledException">The token ended the wait.</exception>
    public bool WaitToRead(IEventSource source, CancellationToken token, CancellationToken news = default)
    {
        while (!HasPassed)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(token, news);
            if (ticks != long.MaxValue)
            {
                limit.CancelAfter(Remaining < Timers.Longest ? Remaining : Timers.Longest);
            }

            try
            {
                return source.WaitToReadAsync(limit.Token).AsTask().GetAwaiter().GetResult();
            }
            catch (OperationCanceledException) when (!token.IsCancellationRequested)
            {
                if (news.IsCancellationRequested)
                {
                    return true;
                }

                // The timer: the deadline, or only its longest step.
            }
        }

        return false;
    }
}
