namespace SaltEvents.Core.Configuration;

/// <summary>One setting and where its value came from.</summary>
/// <param name="Value">The value that Salt uses.</param>
/// <param name="Origin">Where it came from.</param>
public sealed record Setting<T>(T Value, SettingOrigin Origin)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Value} ({Origin})";
}
