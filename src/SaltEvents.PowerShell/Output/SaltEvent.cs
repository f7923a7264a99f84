using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Core.Events;
using SaltEvents.Input;
using SaltEvents.Output;
using CoreEvent = SaltEvents.Core.Events.SaltEvent;

namespace SaltEvents;

/// <summary>
/// An event of a Salt bus. In a runspace that has imported the module it also has the properties of its family (JobId,
/// MinionId, ...) and the payload's top-level fields; Data has them everywhere. Nothing is decoded before it is asked for.
/// </summary>
public sealed class SaltEvent
{
    private readonly CoreEvent source;
    private object? data;
    private object? raw;
    private bool hasData;
    private bool hasRaw;
    private TagFamily? family;

    internal SaltEvent(CoreEvent source) => this.source = source;

    /// <summary>The tag.</summary>
    public string Tag => source.Tag;

    /// <summary>When it was fired, by its sender's clock, UTC; null where it does not say.</summary>
    public DateTime? Timestamp => source.GetTimestamp();

    /// <summary>The payload: an object for a map, else the value. A payload that is no msgpack stays a byte array.</summary>
    public object? Data
    {
        get
        {
            if (!hasData)
            {
                data = PayloadObjects.ToData(Decode());
                hasData = true;
            }

            return data;
        }
    }

    /// <summary>The payload with its original keys: an ordered, case-sensitive dictionary for a map. Sending uses it. Scripts have it from the adapter.</summary>
    internal object? Raw
    {
        get
        {
            hasRaw = true;
            return raw ??= PayloadObjects.ToRaw(Decode());
        }
    }

    internal TagFamily Family => family ??= TagFamilies.Of(Tag);

    /// <summary>One line of what is in the event, for tables; secrets are left out.</summary>
    public string GetSummary() => EventSummary.Of(this);

    /// <summary>The time of firing on this computer's clock, for tables.</summary>
    public string GetLocalTime() => Timestamp?.ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture) ?? string.Empty;

    /// <inheritdoc/>
    public override string ToString() => Tag;

    /// <summary>The event as a body for the bus. Its own bytes, unless somebody has changed Raw.</summary>
    /// <exception cref="InvalidEventException">The payload is no map, or Raw holds what the bus cannot carry.</exception>
    internal byte[] Encode(string tag, DateTime? stamp, int maxEventBytes = EventCodec.DefaultMaxEventBytes, bool takesText = false) => ChangedPayload() is { } changed
        ? EventCodec.Encode(tag, changed, stamp, maxEventBytes)
        : EventCodec.Encode(tag, source, stamp, takesText);

    /// <summary>The event as it is on the bus: what is serialized, so that nothing is lost. Its own bytes where it cannot be encoded again.</summary>
    internal byte[] GetWireBody()
    {
        try
        {
            return Encode(Tag, stamp: null, maxEventBytes: int.MaxValue);
        }
        catch (InvalidEventException)
        {
            return source.Body.ToArray();
        }
    }

    /// <summary>The payload's top-level names, as properties can have them.</summary>
    internal IReadOnlyList<string> GetFieldNames() =>
        source.Fields.GetNames().Where(n => PayloadObjects.NameOf(n) is not null).Distinct(StringComparer.OrdinalIgnoreCase).ToList();

    /// <summary>One top-level field, by a name in any case; decodes it alone.</summary>
    internal bool TryGetField(string name, out object? value)
    {
        value = null;
        var exact = source.Fields.GetNames().FirstOrDefault(n => n.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (exact is null || PayloadObjects.NameOf(exact) is null)
        {
            return false;
        }

        if (data is PSObject shown && shown.Properties[exact] is { } property)
        {
            value = property.Value;
            return true;
        }

        try
        {
            var found = source.Fields.TryGetValue(exact, out var field);
            value = PayloadObjects.ToData(field);
            return found;
        }
        catch (EventFormatException)
        {
            return false;
        }
    }

    // Looking at Raw is no change, and what Raw cannot tell apart (text that is not UTF-8, widths of numbers) must stay.
    private PayloadMap? ChangedPayload()
    {
        if (!hasRaw || Raw is not SaltDictionary given || Decode() is not PayloadMap own)
        {
            return null;
        }

        var payload = PayloadBuilder.Build(given);
        return Packed(payload).SequenceEqual(Packed(own)) ? null : payload;

        static byte[] Packed(PayloadMap map) => EventCodec.Encode("raw", map, stamp: null, maxEventBytes: int.MaxValue);
    }

    private object? Decode()
    {
        try
        {
            return source.Fields.Decode();
        }
        catch (EventFormatException)
        {
            return source.Payload.ToArray();
        }
    }
}
