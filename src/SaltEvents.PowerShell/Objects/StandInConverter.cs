using System;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Core.Compat;

namespace SaltEvents;

/// <summary>
/// Lets a plain object replace a session or a bus, so that it can be given to a command that a test mocks. It keeps its
/// properties. A command that is not mocked says that it is not live. What else is given in place of the object is an error that
/// says what to give. Named in SaltEvents.Types.ps1xml.
/// </summary>
public sealed class StandInConverter : PSTypeConverter
{
    /// <inheritdoc/>
    public override bool CanConvertFrom(object sourceValue, Type destinationType) =>
        (sourceValue is PSObject { BaseObject: PSCustomObject } || Unwrap(sourceValue) is int or string or SaltEventTarget)
        && (
            destinationType == typeof(SaltEventSession)
            || typeof(SaltEventBus).IsSubclassOf(destinationType)
            || destinationType == typeof(SaltEventBus)
        );

    /// <inheritdoc/>
    public override object ConvertFrom(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase)
    {
        if (Unwrap(sourceValue) is SaltEventTarget other) // a bus in place of a session, or a session in place of a bus
        {
            throw new PSInvalidCastException(
                other is SaltEventSession ? $"{other} is not a bus. Give it as -Session." : $"{other} is not a session. Give it as -Bus."
            );
        }

        if (Unwrap(sourceValue) is var given && given is int or string)
        {
            var text = DisplayText.OneLine(given.ToString()!);
            throw new PSInvalidCastException(
                destinationType == typeof(SaltEventSession)
                    ? $"'{text}' is not a session. Give the object that New-SaltEventSession or Get-SaltEventSession returns."
                    : $"'{text}' is not a bus. Give the object that Start-SaltEventBus or Get-SaltEventBus returns; -SockDir takes the directory of a bus."
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
