using System;

namespace SaltEvents.Core.Framing;

/// <summary>Forms of tags that a ZeroMQ bus may have, by what is known of it.</summary>
[Flags]
internal enum TagFormSet
{
    /// <summary>What is known contradicts itself.</summary>
    None = 0,

    /// <summary><see cref="TagForm.Padded"/>.</summary>
    Padded = 1 << TagForm.Padded,

    /// <summary><see cref="TagForm.PaddedOrDelimited"/>.</summary>
    PaddedOrDelimited = 1 << TagForm.PaddedOrDelimited,

    /// <summary><see cref="TagForm.Delimited"/>.</summary>
    Delimited = 1 << TagForm.Delimited,

    /// <summary>Nothing is known.</summary>
    Any = Padded | PaddedOrDelimited | Delimited,
}
