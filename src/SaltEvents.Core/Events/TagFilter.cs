using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Events;

/// <summary>Several tag patterns: an event passes if any of them matches, or if there is none.</summary>
public sealed class TagFilter
{
    private readonly TagMatcher[] matchers;
    private readonly CancellationToken stop;
    private readonly TagFilter? excluded;
    private readonly Func<SaltEvent, bool>? condition;

    /// <summary>A filter for the patterns; empty patterns match every tag, as in Salt.</summary>
    /// <exception cref="ArgumentException">A pattern is not valid.</exception>
    public TagFilter(IEnumerable<string>? patterns, SaltTagMatch match = SaltTagMatch.Auto)
    {
        var all = patterns?.ToArray() ?? [];
        matchers = all.Any(p => p.Length == 0) ? [] : all.Select(p => new TagMatcher(p, match)).ToArray();
        CanBeSlow = matchers.Any(m => m.CanBeSlow);
    }

    private TagFilter(TagFilter source, TagFilter? excluded, Func<SaltEvent, bool>? condition, CancellationToken stop)
    {
        matchers = source.matchers;
        Overrun = source.Overrun;
        this.stop = stop;
        this.excluded = excluded;
        this.condition = condition;
        CanBeSlow = matchers.Any(m => m.CanBeSlow) || excluded?.CanBeSlow == true;
    }

    /// <summary>Passes every event.</summary>
    public static TagFilter All { get; } = new(null);

    /// <summary>The prefixes of tags that pass, to which a listener on a ZeroMQ bus subscribes. One empty prefix means all.</summary>
    internal IReadOnlyList<byte[]> Prefixes
    {
        get
        {
            var prefixes = matchers.Select(m => m.Prefix).ToArray();
            return prefixes.Length == 0 || prefixes.Any(p => p.Length == 0) ? [[]] : prefixes;
        }
    }

    /// <summary>Whether every event passes, without a look at it.</summary>
    internal bool PassesAll => matchers.Length == 0 && excluded is null && condition is null;

    /// <summary>Whether it can take long to compare one tag.</summary>
    internal bool CanBeSlow { get; }

    /// <summary>Whether any tag took too long to compare.</summary>
    internal bool HasOverrun => Overrun.HasOccurred || excluded?.Overrun.HasOccurred == true;

    /// <summary>All tags that took too long to compare: with what is to pass, and with what is excluded.</summary>
    internal IReadOnlyList<MatchOverrun> Overruns => excluded is null ? [Overrun] : [Overrun, excluded.Overrun];

    /// <summary>The tags that took too long to compare with what is to pass; they match nothing.</summary>
    internal MatchOverrun Overrun { get; private init; } = new();

    /// <summary>The same filter, which passes nothing more once the token is cancelled, so that comparing many tags ends at once.</summary>
    internal TagFilter Until(CancellationToken token) =>
        matchers.Length == 0 && excluded is null ? this : new TagFilter(this, excluded?.Until(token), condition, token);

    /// <summary>The same filter, which passes none of the events that the other one passes.</summary>
    internal TagFilter Except(TagFilter? other) =>
        other is null ? this : new TagFilter(this, other.ToExclude(), condition, stop);

    /// <summary>The same filter, which only passes events for which the condition is also true. It runs on any thread.</summary>
    internal TagFilter Where(Func<SaltEvent, bool>? further) => further is null ? this : new TagFilter(this, excluded, further, stop);

    private TagFilter ToExclude() => new(this, excluded, condition, stop) { Overrun = new MatchOverrun { IsOfExclusion = true } };

    /// <summary>Whether an event can pass both; true if that cannot be known.</summary>
    internal bool Overlaps(TagFilter other) =>
        matchers.Length == 0 || other.matchers.Length == 0 || matchers.Any(m => other.matchers.Any(m.Overlaps));

    /// <summary>Whether an event with that tag passes. One that takes too long to compare does not.</summary>
    public bool IsMatch(ReadOnlySpan<byte> tagUtf8) =>
        MatchesAny(tagUtf8) && (excluded is null || !(excluded.MatchesAny(tagUtf8) || stop.IsCancellationRequested));

    private bool MatchesAny(ReadOnlySpan<byte> tagUtf8)
    {
        if (matchers.Length == 0)
        {
            return true;
        }

        foreach (var matcher in matchers)
        {
            if (stop.IsCancellationRequested)
            {
                return false;
            }

            if (IsMatch(matcher, tagUtf8))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether an event passes.</summary>
    internal bool IsMatch(SaltEvent saltEvent) => IsMatch(saltEvent.TagUtf8) && MeetsCondition(saltEvent);

    /// <summary>Whether an event whose tag passes also passes.</summary>
    internal bool MeetsCondition(SaltEvent saltEvent) => condition is null || condition(saltEvent);

    /// <inheritdoc/>
    public override string ToString() => matchers.Length == 0 ? "every tag" : string.Join(", ", matchers.Select(m => m.Pattern));

    private bool IsMatch(TagMatcher matcher, ReadOnlySpan<byte> tagUtf8)
    {
        // A process that was paused seems slow: only a tag that is late twice is.
        for (var attempt = 0; attempt < 2 && !stop.IsCancellationRequested; attempt++)
        {
            try
            {
                return matcher.IsMatch(tagUtf8);
            }
            catch (TimeoutException)
            {
                // Again, or reported below.
            }
        }

        Overrun.Add(matcher.Pattern, TextSupport.Utf8(tagUtf8));
        return false;
    }
}
