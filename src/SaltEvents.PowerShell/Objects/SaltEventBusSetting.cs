namespace SaltEvents;

/// <summary>One setting that names a bus, and where it came from.</summary>
public sealed class SaltEventBusSetting
{
    internal SaltEventBusSetting(string name, string value, string origin)
    {
        Name = name;
        Value = value;
        Origin = origin;
    }

    /// <summary>What it is, by Salt's name.</summary>
    public string Name { get; }

    /// <summary>Its value.</summary>
    public string Value { get; }

    /// <summary>A parameter, a file and line, an environment variable, or "default".</summary>
    public string Origin { get; }

    /// <inheritdoc/>
    public override string ToString() => TerminalText.OneLine($"{Name} = {Value} ({Origin})");
}
