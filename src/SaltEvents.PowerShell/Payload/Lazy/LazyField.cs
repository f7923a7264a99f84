namespace SaltEvents.Payload.Lazy;

/// <summary>An entry of a map: where its key and value lie in the map's bytes, and what has been made of them.</summary>
internal struct LazyField
{
    public int KeyOffset;
    public int KeyLength;
    public int ValueOffset;
    public int ValueLength;

    /// <summary>The bytes of a text key before its text; 0 for another key, and for one that a script added.</summary>
    public byte KeyHeadLength;

    /// <summary>Whether the key is str; other text is bin.</summary>
    public bool IsString;

    public LazyFieldState State;

    /// <summary>Whether the key is text, str or bin, in the map's bytes.</summary>
    public readonly bool HasTextKey => KeyHeadLength > 0;

    /// <summary>Whether the map's object has a property for it.</summary>
    public bool IsShown;

    /// <summary>The key; null if it was not asked for, or is nil.</summary>
    public object? Key;

    /// <summary>The value: a node, a decoded value, or what a script has put there.</summary>
    public object? Value;
}
