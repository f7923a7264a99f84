using System;
using System.Collections.Generic;
using System.Globalization;
using SaltEvents.Core.Client;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Nats.JetStream;

/// <summary>Finds out from the counts in events which events before them their relay has not published.</summary>
internal sealed class RelayGaps
{
    // Anybody with the right to publish can make them up.
    private const int MaxSites = 10_000;
    private const int MaxRuns = 100;
    private const int MaxRunLength = 32;
    private readonly Dictionary<string, Dictionary<string, (long Dropped, long Gaps)>> sites = new(StringComparer.Ordinal);

    /// <summary>
    /// Takes what an event says of its relay: the run, the events that were dropped in it, and how often the bus was away.
    /// </summary>
    /// <returns>What is missing before the event; null if nothing is known to be missing.</returns>
    public StreamStatus? Take(string site, string relay)
    {
        var parts = relay.Split(' ');
        if (
            parts.Length < 3
            || parts[0].Length > MaxRunLength
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var dropped)
            || !long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var gaps)
        )
        {
            return null;
        }

        var isFirst = !sites.TryGetValue(site, out var runs);
        if (isFirst)
        {
            if (sites.Count >= MaxSites)
            {
                sites.Clear();
            }

            sites[site] = runs = new Dictionary<string, (long, long)>(StringComparer.Ordinal);
        }

        var isKnown = runs!.TryGetValue(parts[0], out var before);
        if (runs.Count >= MaxRuns && !isKnown)
        {
            runs.Clear();
        }

        runs[parts[0]] = (Math.Max(dropped, before.Dropped), Math.Max(gaps, before.Gaps));
        if (isFirst)
        {
            return null;
        }

        var missing = dropped - before.Dropped;
        return missing > 0
                ? Gap($"The relay of site {site} has dropped {Counted.Of(missing, "event")} before this one, which it could not publish.", missing)
            : !isKnown
                ? Gap(
                    $"Another relay publishes the events of site {site} from here on. If it was started in place of the one before, events fired between the two are missing.",
                    0
                )
            : gaps > before.Gaps
                ? Gap($"The bus of site {site} was away from its relay before this event: events fired meanwhile are missing.", 0)
            : null;
    }

    private static StreamStatus Gap(string message, long missing) => new(StreamState.Gap, DateTime.UtcNow, TimeSpan.Zero, message, missing);
}
