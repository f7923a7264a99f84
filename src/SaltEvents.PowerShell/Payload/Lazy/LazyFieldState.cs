namespace SaltEvents.Payload.Lazy;

/// <summary>What has become of a map's entry.</summary>
internal enum LazyFieldState : byte
{
    /// <summary>Bytes.</summary>
    Packed,

    /// <summary>Decoded.</summary>
    Read,

    /// <summary>Set by a script.</summary>
    Set,

    /// <summary>Removed by a script.</summary>
    Removed,
}
