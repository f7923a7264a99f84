using System;
using System.Linq;
using System.Management.Automation;

namespace SaltEvents;

/// <summary>
/// Lets a plain object replace a session or a bus, so that it can be given to a command that a test mocks. It keeps its
/// properties. A command that is not mocked says that it is not live. Named in SaltEvents.Types.ps1xml.
/// </summary>
public sealed class StandInConverter : PSTypeConverter
{
    /// <inheritdoc/>
    public override bool CanConvertFrom(object sourceValue, Type destinationType) =>
        sourceValue is PSObject { BaseObject: PSCustomObject }
        && (
            destinationType == typeof(SaltEventSession)
            || typeof(SaltEventBus).IsSubclassOf(destinationType)
            || destinationType == typeof(SaltEventBus)
        );

    /// <inheritdoc/>
    public override object ConvertFrom(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase)
    {
        object made = destinationType == typeof(SaltEventSession) ? new SaltEventSession() : new SaltEventBus();
        var properties = PSObject.AsPSObject(made).Properties; // PowerShell keeps them with the object
        foreach (var property in ((PSObject)sourceValue).Properties.Where(p => p.IsGettable).ToArray())
        {
            properties.Add(new PSNoteProperty(property.Name, property.Value));
        }

        return made;
    }

    /// <inheritdoc/>
    public override bool CanConvertTo(object sourceValue, Type destinationType) => false;

    /// <inheritdoc/>
    public override object ConvertTo(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        throw new PSInvalidCastException($"A session or a bus cannot be made a {destinationType}.");
}
