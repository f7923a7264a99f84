using System;
using System.Management.Automation;
using SaltEvents.Objects;

namespace SaltEvents;

/// <summary>
/// Restores events that a job, a remote session or Export-Clixml has serialized, without loss. Named in
/// SaltEvents.Types.ps1xml.
/// </summary>
public sealed class SaltEventConverter : PSTypeConverter
{
    /// <inheritdoc/>
    public override bool CanConvertFrom(object sourceValue, Type destinationType) =>
        sourceValue is PSObject source && destinationType == typeof(SaltEvent) && EventInput.FromProperties(source) is not null;

    /// <inheritdoc/>
    public override object ConvertFrom(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        EventInput.FromProperties((PSObject)sourceValue) is { } made
            ? SaltEventAdapter.Wrap(made)
            : throw new PSInvalidCastException("This is not a serialized Salt event.");

    /// <inheritdoc/>
    public override bool CanConvertTo(object sourceValue, Type destinationType) => false;

    /// <inheritdoc/>
    public override object ConvertTo(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        throw new PSInvalidCastException($"A Salt event cannot be made a {destinationType}.");
}
