using System;

namespace SaltEvents.Core.Events;

/// <summary>The time of firing as it is written into an event's <c>_stamp</c>.</summary>
/// <param name="Utc">The time, UTC.</param>
/// <param name="Form">How it is written. Default <see cref="StampForm.Utc"/>.</param>
public readonly record struct EventStamp(DateTime Utc, StampForm Form = StampForm.Utc)
{
    /// <summary>A time as Salt since 2014.7.2 writes it.</summary>
    public static implicit operator EventStamp(DateTime utc) => new(utc);

    /// <inheritdoc/>
    public override string ToString() => Form switch
    {
        StampForm.UtcWithOffset => SaltTime.FormatStamp(Utc) + "+00:00",
        StampForm.Local => SaltTime.FormatStamp(Utc.ToLocalTime()),
        StampForm.LocalWithUnderscore => SaltTime.FormatStamp(Utc.ToLocalTime()).Replace('T', '_'),
        _ => SaltTime.FormatStamp(Utc),
    };
}
