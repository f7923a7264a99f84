namespace SaltEvents.Core.Events;

/// <summary>A msgpack extension that Salt gives no meaning to, kept as it came.</summary>
/// <param name="Code">The extension's type, -128 to 127.</param>
/// <param name="Data">Its bytes.</param>
public sealed record PayloadExtension(sbyte Code, byte[] Data);
