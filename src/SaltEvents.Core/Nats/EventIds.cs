using System;
using System.Collections.Generic;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SaltEvents.Core.Nats;

/// <summary>
/// Gives each event the id by which the server knows it again: a hash of the site and the event's own bytes, which hold the
/// time of firing, and its number among equal ones. Every relay of a site gives an event the same id, before and after a restart.
/// Not safe for several threads.
/// </summary>
internal sealed class EventIds(string site, TimeSpan window, Func<DateTime> clock)
{
    // The number of events, in two halves, that are remembered as seen.
    private const int MaxHalf = 250_000;
    private readonly byte[] prefix = Encoding.UTF8.GetBytes(site + "\n");
    private Dictionary<(long High, long Low), int> present = [];
    private Dictionary<(long High, long Low), int> before = [];
    private DateTime turned = clock();

    /// <summary>The id of the next event with these bytes.</summary>
    public EventId Next(ReadOnlySpan<byte> body)
    {
        Rotate();
        var key = KeyOf(body);
        if (!present.TryGetValue(key, out var count))
        {
            before.TryGetValue(key, out count);
        }

        present[key] = count + 1;
        return new EventId(key.High, key.Low, count + 1);
    }

    /// <summary>The id was another event's: gives the next one.</summary>
    public EventId Renumber(EventId id)
    {
        var key = (id.High, id.Low);
        var number = Math.Max(id.Number, present.TryGetValue(key, out var count) ? count : 0) + 1;
        present[key] = number;
        return id with { Number = number };
    }

    private void Rotate()
    {
        if (present.Count >= MaxHalf || clock() - turned >= window)
        {
            (before, present) = (present, []);
            turned = clock();
        }
    }

    private (long High, long Low) KeyOf(ReadOnlySpan<byte> body)
    {
        var bytes = new byte[prefix.Length + body.Length];
        prefix.CopyTo(bytes, 0);
        body.CopyTo(bytes.AsSpan(prefix.Length));
        var hash = Compat.Hashes.Sha256(bytes);
        return (BitConverter.ToInt64(hash, 0), BitConverter.ToInt64(hash, 8));
    }
}
