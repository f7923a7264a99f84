using SaltEvents.Core.Events;
using SaltEvents.Core.Recording;

namespace SaltEvents;

/// <summary>One of Salt's named constants in a payload.</summary>
public sealed class SaltConstant(object? name, object? value)
{
    /// <summary>The constant's name.</summary>
    public object? Name { get; } = name;

    /// <summary>Its value.</summary>
    public object? Value { get; } = value;

    /// <summary>Whether it stands for a secret that was masked when the event was exported.</summary>
    internal bool IsMasked => new PayloadConstant(Name, Value) == SecretFields.Masked;

    /// <inheritdoc/>
    public override string ToString() => Name?.ToString() ?? string.Empty;
}
