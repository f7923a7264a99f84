using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;

namespace SaltEvents.Base;

/// <summary>Rejects what is no text in place of a tag: PowerShell would use the name of its type as the tag.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TagTextAttribute : ArgumentTransformationAttribute
{
    /// <summary>Whether it is for tags that are listened for, one or several.</summary>
    public bool TakesPatterns { get; set; }

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        if (!TakesPatterns)
        {
            return IsText(inputData)
                ? inputData
                : throw new ArgumentTransformationMetadataException(
                    "-Tag must be a string. Did you swap payload and tag? The tag comes first: Send-SaltEvent 'my/tag' $data"
                );
        }

        var items = Unwrap(inputData) is IEnumerable list and not (string or IDictionary) ? list.Cast<object?>() : [inputData];
        var wrong = items.Select(Unwrap).FirstOrDefault(i => !IsText(i) && i is not SaltEvent);
        return wrong is null
            ? inputData
            : throw new ArgumentTransformationMetadataException(
                $"A {wrong.GetType()} is not a tag. Give strings such as 'my/tag' or 'salt/job/*/ret/*'{(wrong is ScriptBlock ? ", and a condition with -Until" : string.Empty)}."
            );
    }

    private static bool IsText(object? value) => Unwrap(value) is null or string or char or ValueType or Uri or Version;

    private static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
