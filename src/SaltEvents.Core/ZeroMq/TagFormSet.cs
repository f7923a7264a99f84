using System;

namespace SaltEvents.Core.ZeroMq;

/// <summary>Forms of tags that a ZeroMQ bus may have, by what is known of it.</summary>
[Flags]
internal enum TagFormSet
{
    /// <summary>The known facts contradict each other.</summary>
    None = 0,

    /// <summary><see cref="SaltTagForm.Padded"/>.</summary>
    Padded = 1 << SaltTagForm.Padded,

    /// <summary><see cref="SaltTagForm.PaddedOrDelimited"/>.</summary>
    PaddedOrDelimited = 1 << SaltTagForm.PaddedOrDelimited,

    /// <summary><see cref="SaltTagForm.Delimited"/>.</summary>
    Delimited = 1 << SaltTagForm.Delimited,

    /// <summary>Nothing is known.</summary>
    Any = Padded | PaddedOrDelimited | Delimited,
}
