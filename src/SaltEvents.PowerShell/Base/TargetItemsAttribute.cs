using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Errors;
using SaltEvents.Payload;

namespace SaltEvents.Base;

/// <summary>
/// Says what a parameter for sessions, buses or relays was given instead, of which PowerShell would say only that it fits no parameter.
/// Numbers are left to PowerShell: in the same place they are ids.
/// </summary>
/// <param name="item">The type of an item.</param>
/// <param name="isNot">What a wrong item is not, and what to give.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TargetItemsAttribute(Type item, string isNot) : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var items = LanguagePrimitives.GetEnumerable(inputData) ?? new[] { inputData };
        var wrong = items.Cast<object?>().FirstOrDefault(i => !IsRight(i));
        return wrong is null
            ? inputData
            : throw new ArgumentTransformationMetadataException($"{GivenText.Describe(wrong)} {isNot}");
    }

    private bool IsRight(object? given) =>
        given is null
        || (given is PSObject { BaseObject: PSCustomObject } && typeof(SaltEventTarget).IsAssignableFrom(item)) // a substitute in a test
        || item.IsInstanceOfType(PayloadBuilder.Unwrap(given))
        || LanguagePrimitives.TryConvertTo<int>(given, out _);
}
