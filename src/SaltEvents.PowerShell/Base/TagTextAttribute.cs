using System;
using System.Management.Automation;

namespace SaltEvents.Base;

/// <summary>Rejects a payload in place of the tag: PowerShell would use the name of its type as the tag.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TagTextAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is null or string or char or ValueType or Uri or Version
            ? inputData
            : throw new ArgumentTransformationMetadataException(
                "-Tag must be a string. Did you swap payload and tag? The tag comes first: Send-SaltEvent 'my/tag' $data"
            );
}
