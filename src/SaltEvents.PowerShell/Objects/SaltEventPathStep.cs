namespace SaltEvents;

/// <summary>One directory in the path to a socket, or the socket.</summary>
public sealed class SaltEventPathStep : SaltEventTestStep
{
    internal SaltEventPathStep(string path, string? owner, string? group, string? mode, string? kind)
    {
        Path = path;
        Owner = owner;
        Group = group;
        Mode = mode;
        Kind = kind;
    }

    /// <summary>The path.</summary>
    public string Path { get; }

    /// <summary>The account that owns it; null if it does not exist or is hidden.</summary>
    public string? Owner { get; }

    /// <summary>The group that owns it.</summary>
    public string? Group { get; }

    /// <summary>Its permissions, in octal.</summary>
    public string? Mode { get; }

    /// <summary>"directory", "socket", ...</summary>
    public string? Kind { get; }

    /// <inheritdoc/>
    public override string ToString() =>
        TerminalText.OneLine(Owner is null ? $"{Path}  missing, or hidden by permissions" : $"{Path}  {Owner}:{Group} {Mode}");
}
