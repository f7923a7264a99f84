using System;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Errors;

namespace SaltEvents;

/// <summary>
/// Lets a plain object replace a session or a bus, so that it can be given to a command that a test mocks. It keeps its
/// properties. A command that is not mocked says that it is not live. A bus can be given in place of a session, and a session in place
/// of a bus: <see cref="SaltEventTarget.Meant"/>. Anything else is an error that says what to give. Named in
/// SaltEvents.Types.ps1xml.
/// </summary>
public sealed class StandInConverter : PSTypeConverter
{
    private const string BusAdvice = "Give the object that Start-SaltEventBus or Get-SaltEventBus returns.";

    /// <inheritdoc/>
    public override bool CanConvertFrom(object sourceValue, Type destinationType) =>
        destinationType == typeof(SaltEventSession)
        || destinationType == typeof(SaltEventBus)
        || typeof(SaltEventBus).IsSubclassOf(destinationType);

    /// <inheritdoc/>
    public override object ConvertFrom(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase)
    {
        if (Unwrap(sourceValue) is SaltEventTarget other) // a bus in place of a session, or a session in place of a bus
        {
            return destinationType == typeof(SaltEventSession) ? new SaltEventSession { Meant = other }
                : destinationType == typeof(SaltEventAnyBus) ? new SaltEventBus { Meant = other }
                : throw new PSInvalidCastException($"{other} is not a bus. {BusAdvice}");
        }

        if (sourceValue is not PSObject { BaseObject: PSCustomObject })
        {
            throw new PSInvalidCastException(
                destinationType == typeof(SaltEventSession)
                    ? $"{GivenText.Describe(sourceValue)} is not a session. Give the object that New-SaltEventSession or Get-SaltEventSession returns."
                    : $"{GivenText.Describe(sourceValue)} is not a bus. {BusAdvice.TrimEnd('.')}; -SockDir takes the directory of a bus."
            );
        }

        object made = destinationType == typeof(SaltEventSession) ? new SaltEventSession() : new SaltEventBus();
        var properties = PSObject.AsPSObject(made).Properties; // PowerShell keeps them with the object
        foreach (var property in ((PSObject)sourceValue).Properties.Where(p => p.IsGettable).ToArray())
        {
            properties.Add(new PSNoteProperty(property.Name, property.Value));
        }

        return made;
    }

    private static object Unwrap(object sourceValue) => sourceValue is PSObject wrapped ? wrapped.BaseObject : sourceValue;

    /// <inheritdoc/>
    public override bool CanConvertTo(object sourceValue, Type destinationType) => false;

    /// <inheritdoc/>
    public override object ConvertTo(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        throw new PSInvalidCastException($"A session or a bus cannot be made a {destinationType}.");
}
