using System.Linq;
using System.Management.Automation;
using SaltEvents.Core.Events;

namespace SaltEvents.Objects;

/// <summary>
/// Recognises an event that was given as input: one from a bus, or one that was serialized in a job, a remote session or a
/// file.
/// </summary>
internal static class EventInput
{
    private const string DeserializedTypeName = "Deserialized.SaltEvents.SaltEvent";

    /// <summary>The event; null for anything else, also for a substitute of a test.</summary>
    public static SaltEvent? From(object? value)
    {
        var wrapped = value as PSObject;
        if ((wrapped?.BaseObject ?? value) is SaltEvent live)
        {
            return live.IsLive ? live : null;
        }

        if (
            wrapped is not { BaseObject: PSCustomObject }
            || !wrapped.TypeNames.Contains(DeserializedTypeName)
            || FromProperties(wrapped) is not { } serialized
        )
        {
            return null;
        }

        SerializedEdits.Apply(serialized, wrapped.Properties[nameof(SaltEvent.Data)]?.Value);
        return serialized;
    }

    /// <summary>The payload of an object from the pipeline without -Tag: its Data, if the object has its own tag.</summary>
    /// <exception cref="InvalidEventException">It has a Tag, but no Data, and so is not an event.</exception>
    public static object? PayloadOf(object? value, string tag)
    {
        if (value is not PSObject piped || piped.Properties[nameof(SaltEvent.Tag)]?.Value?.ToString() != tag)
        {
            return value; // -Tag was a script block, which made a tag for this object
        }

        return piped.Properties[nameof(SaltEvent.Data)] is { } data
            ? data.Value
            : throw new InvalidEventException(
                InvalidEventReason.EmptyTag,
                $"This object has the Tag {tag} but no Data, so it is not an event. Use -Tag to send the object itself as the payload."
            );
    }

    /// <summary>An event from the bytes and the site that were serialized with it; null if they are missing or not an event.</summary>
    public static SaltEvent? FromProperties(PSObject deserialized)
    {
        var value = deserialized.Properties[SaltEventAdapter.WireBody]?.Value;
        if ((value is PSObject wrapped ? wrapped.BaseObject : value) is not byte[] body)
        {
            return null;
        }

        try
        {
            var plain = new SaltEvent(EventCodec.Decode(body, takesEmptyTag: true));
            // Site shows a field of that name if no relay published the event.
            return
                deserialized.Properties[nameof(SaltEvent.Site)]?.Value?.ToString() is { } site
                && !(plain.TryGetField(nameof(SaltEvent.Site), out var field) && field?.ToString() == site)
                ? new SaltEvent(EventCodec.Decode(body, takesEmptyTag: true, site))
                : plain;
        }
        catch (EventFormatException)
        {
            return null;
        }
    }
}
