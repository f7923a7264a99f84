namespace SaltEvents.Core.Nats;

/// <summary>Where an event was stored.</summary>
/// <param name="Site">The site whose relay has published it.</param>
/// <param name="AckSubject">Where to acknowledge it and all before it; null where nothing is acknowledged.</param>
internal sealed record StoredOrigin(string Site, string? AckSubject);
