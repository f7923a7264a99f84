using NATS.Client.JetStream;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Nats.JetStream;

/// <summary>Reads a message of the stream.</summary>
internal static class StoredMessage
{
    /// <summary>The event in a message; false if it is not one.</summary>
    /// <param name="message">The message.</param>
    /// <param name="ackSubject">The subject to acknowledge it; null if it is not acknowledged.</param>
    /// <param name="saltEvent">The event.</param>
    public static bool TryRead(INatsJSMsg<byte[]> message, string? ackSubject, out SaltEvent? saltEvent)
    {
        var body = message.Data ?? [];
        var tagLength = EventCodec.TagLength(body);
        var site = message.Subject.Split('.', 3) is [_, var name, _] ? name : string.Empty;
        // Anybody with the right to publish may have stored it: no relay has another kind of name.
        saltEvent = tagLength > 0 && NatsSubject.IsName(site) ? new SaltEvent(body, tagLength) { Site = site, AckSubject = ackSubject } : null;
        return saltEvent is not null;
    }
}
