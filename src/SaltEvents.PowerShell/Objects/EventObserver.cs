using System;
using System.Globalization;
using System.Linq;
using SaltEvents.Core.Events;
using SaltEvents.Core.Metrics;
using CoreEvent = SaltEvents.Core.Events.SaltEvent;

namespace SaltEvents.Objects;

/// <summary>Extracts from events what the metrics need, as salt-exporter does (pkg/parser/parser.go, pkg/event/event.go).</summary>
internal static class EventObserver
{
    private const ulong HashSeed = 14695981039346656037;

    public static ObservedEvent Observe(SaltEvent saltEvent)
    {
        var wire = saltEvent.GetWireEvent();
        var map = saltEvent.Decode() as PayloadMap;
        var kind = KindOf(saltEvent);
        return new ObservedEvent
        {
            Time = saltEvent.Timestamp ?? DateTime.UtcNow,
            Tag = saltEvent.Family.Length == 0 ? saltEvent.PlainTag : saltEvent.Family == "Job" ? "<JobId>" : saltEvent.TagFamily.Pattern,
            Bytes = wire.Body.Length,
            Origin = saltEvent.Syndic is { } syndic ? "syndic/" + syndic : saltEvent.Peer is { } peer ? "peer/" + peer : string.Empty,
            Content = Hash(saltEvent.PlainTag, wire),
            Kind = kind,
            JobId = Text(saltEvent.JobId),
            // A runner runs on the master and does not say so.
            MinionId = Text(saltEvent.MinionId) ?? (kind == EventKind.Return && saltEvent.Family == "RunnerReturn" ? "master" : null),
            Function = Text(saltEvent.Function) ?? string.Empty,
            State = map is null || kind is not (EventKind.New or EventKind.Return) ? string.Empty : StateOf(map),
            Targets = kind == EventKind.New && map?["minions"] is object?[] minions ? minions.Length : 0,
            Succeeded = saltEvent.Succeeded as bool?,
            IsScheduled = map?["schedule"] is string { Length: > 0 },
            StateSeconds = kind == EventKind.Return && map?["return"] is PayloadMap states ? DurationOf(states) : null,
        };
    }

    private static EventKind KindOf(SaltEvent saltEvent) => saltEvent.Family switch
    {
        "JobNew" or "RunnerNew" => EventKind.New,
        "JobReturn" or "RunnerReturn" => EventKind.Return,
        "Beacon" when saltEvent.PlainTag.Split('/') is { Length: > 3 } parts && parts[3] == "status" => EventKind.Heartbeat,
        _ => EventKind.Other,
    };

    private static string? Text(object? value) => value switch
    {
        null => null,
        string text => text,
        object?[] items => string.Join(",", items),
        System.Collections.IEnumerable items => string.Join(",", items.Cast<object?>()),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private static string StateOf(PayloadMap map)
    {
        var function = map["fun"] as string;
        var first =
            map["arg"] is object?[] { Length: > 0 } arguments ? arguments[0]
            : map["fun_args"] is object?[] { Length: > 0 } given ? given[0]
            : null;
        return function switch
        {
            "state.sls" or "state.apply" when first is not null => Named(first, "mods"),
            "state.apply" or "state.highstate" => "highstate",
            "state.single" => Named(first, "fun"),
            _ => string.Empty,
        };
    }

    private static string Named(object? argument, string key) => argument switch
    {
        string text => text,
        PayloadMap map => map[key] as string ?? string.Empty,
        _ => string.Empty,
    };

    // A state reports milliseconds (salt/state.py, State.call).
    private static double? DurationOf(PayloadMap states)
    {
        var sum = 0.0;
        foreach (var state in states)
        {
            switch ((state.Value as PayloadMap)?["duration"])
            {
                case double duration:
                    sum += duration;
                    break;
                case long duration:
                    sum += duration;
                    break;
                default:
                    return null;
            }
        }

        return states.Count == 0 ? null : sum / 1000;
    }

    // The copy of a syndic and that of a cluster's master differ from the event in nothing but these fields.
    private static ulong Hash(string tag, CoreEvent saltEvent)
    {
        var payload = saltEvent.Payload.Span;
        var hash = HashSeed;
        foreach (var character in tag)
        {
            hash = (hash ^ character) * 1099511628211;
        }

        if (!saltEvent.Fields.IsMap)
        {
            return Hash(hash, payload);
        }

        for (var entries = saltEvent.Fields.GetEntries(); entries.MoveNext();)
        {
            if (!entries.KeyText.SequenceEqual("_stamp"u8) && !entries.KeyText.SequenceEqual("__peer_id"u8))
            {
                hash = Hash(hash, payload.Slice(entries.EntryOffset, entries.ValueOffset + entries.ValueLength - entries.EntryOffset));
            }
        }

        return hash;
    }

    private static ulong Hash(ulong hash, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            hash = (hash ^ b) * 1099511628211;
        }

        return hash;
    }
}
