using System.Collections.Generic;

namespace SaltEvents;

/// <summary>
/// One of Salt's named constants in a payload: msgpack extension 79, the packed pair of name and value (salt/payload.py of 3006.10).
/// </summary>
/// <param name="name">The constant's name.</param>
/// <param name="value">Its value, as any payload value.</param>
public sealed class SaltConstant(object? name, object? value)
{
    /// <summary>Stands for a secret that was masked when the event was exported.</summary>
    internal static SaltConstant Masked { get; } = new("(secret)", "masked");

    /// <summary>The constant's name.</summary>
    public object? Name { get; } = name;

    /// <summary>Its value.</summary>
    public object? Value { get; } = value;

    /// <summary>Whether it stands for a masked secret.</summary>
    internal bool IsMasked => Equals(Masked);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SaltConstant other && Equals(Name, other.Name) && Equals(Value, other.Value);

    /// <inheritdoc/>
    public override int GetHashCode() => EqualityComparer<object?>.Default.GetHashCode(Name!);

    /// <inheritdoc/>
    public override string ToString() => Name?.ToString() ?? string.Empty;
}
