using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Templates;

/// <summary>Makes events of one family as Salt would send them.</summary>
public sealed class EventTemplate
{
    private static readonly Regex Part = new(@"\{(\w+)\}", RegexOptions.CultureInvariant);
    private readonly string tag;
    private readonly Func<EventValues, PayloadMap> payload;

    /// <param name="family">The family.</param>
    /// <param name="tag">The tag, with names of values in braces for its variable parts.</param>
    /// <param name="uses">The parameters that apply, including those of the tag.</param>
    /// <param name="payload">Makes the payload.</param>
    internal EventTemplate(string family, string tag, string uses, Func<EventValues, PayloadMap> payload)
    {
        Family = family;
        this.tag = tag;
        this.payload = payload;
        Uses = uses.Split([' '], StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>The family.</summary>
    public string Family { get; }

    /// <summary>The names of the parameters of New-SaltEvent that count; the time and further data go with every family.</summary>
    public IReadOnlyList<string> Uses { get; }

    /// <summary>Whether there is an event for each state that ran, and not one for all.</summary>
    public bool IsPerState { get; init; }

    /// <summary>The name and what follows it if none are given.</summary>
    internal (string Name, string Detail) Defaults { get; init; } = (string.Empty, string.Empty);

    /// <summary>Whether the payload has <see cref="EventValues.Data"/> in it already.</summary>
    internal bool PlacesData { get; init; }

    /// <summary>The states that get an event if none are given.</summary>
    internal StateRun? DefaultState { get; init; }

    /// <summary>The bodies of the events: one, or one for each state.</summary>
    /// <exception cref="InvalidEventException">It is not an event that Salt could carry.</exception>
    public IEnumerable<byte[]> Make(EventValues given)
    {
        var values = given with { Name = given.Name ?? Defaults.Name, Detail = given.Detail ?? Defaults.Detail };
        if (values.States.Count == 0 && DefaultState is { } state)
        {
            values = values with { States = [state] };
        }

        return IsPerState && values.States.Count > 0
            ? values.States.Select(
                (one, number) => MakeOne(values with { States = [one], StateNumber = number, StateCount = values.States.Count })
            )
            : [MakeOne(values)];
    }

    private byte[] MakeOne(EventValues values)
    {
        var map = payload(values);
        if (map[EventCodec.StampKey] is null)
        {
            map.Set(EventCodec.StampKey, SaltTime.FormatStamp(values.Time));
        }

        if (!PlacesData)
        {
            Merge(map, values.Data);
        }

        return EventCodec.Encode(Fill(tag, values), map, stamp: null, maxEventBytes: int.MaxValue);
    }

    private static void Merge(PayloadMap map, PayloadMap fields)
    {
        foreach (var field in fields)
        {
            if (field.Key is string name)
            {
                map.Set(name, field.Value);
            }
            else
            {
                map.Add(field.Key, field.Value);
            }
        }
    }

    private static string Fill(string tag, EventValues values) => Part.Replace(tag, match => match.Groups[1].Value switch
    {
        "JobId" => values.JobId,
        "MinionId" => values.MinionId,
        "Number" => values.StateNumber.ToString(CultureInfo.InvariantCulture),
        "Function" => values.MinionFunction,
        "StateName" => values.States[0].Name,
        "Name" => values.Name!,
        "Detail" => values.Detail!,
        _ => throw new InvalidOperationException(match.Value),
    });
}
