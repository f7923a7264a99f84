namespace SaltEvents.Output.Lazy;

/// <summary>An entry of a map: where its key and value lie in the map's bytes, and what has been made of them.</summary>
internal struct LazyField
{
    public int KeyOffset;
    public int KeyLength;
    public int ValueOffset;
    public int ValueLength;

    /// <summary>The length of a key that is text, which is the end of the key's bytes; -1 for another key, and for one that a script added.</summary>
    public int TextLength;

    /// <summary>Whether the key is str; other text is bin.</summary>
    public bool IsString;

    public LazyFieldState State;

    /// <summary>Whether the map's object has a property for it.</summary>
    public bool IsShown;

    /// <summary>The key as a property name; null where it was not asked for or can be none.</summary>
    public string? Name;

    public bool HasKey;
    public object? Key;

    /// <summary>The value: a node, a decoded value, or what a script has put there.</summary>
    public object? Value;
}
