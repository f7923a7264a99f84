using System;
using System.Collections;
using System.Management.Automation;

namespace SaltEvents.Input;

/// <summary>Refuses a payload where a tag belongs: PowerShell would take the name of its type for the tag.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TagTextAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is IDictionary or PSCustomObject
            ? throw new ArgumentTransformationMetadataException("This is no tag but a payload. The payload comes first, then the tag: Send-SaltEvent $data 'my/tag'")
            : inputData;
}
