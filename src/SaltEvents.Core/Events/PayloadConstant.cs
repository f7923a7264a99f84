namespace SaltEvents.Core.Events;

/// <summary>One of Salt's named constants: msgpack extension 79, the packed pair of name and value (salt/payload.py of 3006.10).</summary>
/// <param name="Name">The constant's name.</param>
/// <param name="Value">Its value, as any payload value.</param>
public sealed record PayloadConstant(object? Name, object? Value);
