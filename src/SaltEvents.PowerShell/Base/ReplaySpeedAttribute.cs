using System;
using System.Management.Automation;

namespace SaltEvents.Base;

/// <summary>Accepts a speed: a number above 0, which ValidateRange cannot express.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ReplaySpeedAttribute : ValidateArgumentsAttribute
{
    /// <inheritdoc/>
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        if (arguments is not double speed || !(speed > 0) || double.IsInfinity(speed))
        {
            throw new ValidationMetadataException(
                $"\"{TerminalText.OneLine(arguments)}\" is not a speed. Give a number above 0: 1 is the pace of the recording, 2 is twice as fast."
            );
        }
    }
}
