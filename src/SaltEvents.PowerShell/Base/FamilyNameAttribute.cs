using System;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Core.Templates;

namespace SaltEvents.Base;

/// <summary>Takes the name of a family in any case, or a tag with a slash in it, which no family's name has.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class FamilyNameAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var text = (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) as string;
        return text is not null && EventTemplates.Find(text) is { } template ? template.Family
            : text?.IndexOf('/') >= 0 ? text
            : text is null && inputData is not null
                ? throw new ArgumentTransformationMetadataException(
                    "-Family must be the name of a family of events or a tag, such as JobReturn or 'my/tag'. A payload comes after it: New-SaltEvent 'my/tag' $data"
                )
            : throw new ArgumentTransformationMetadataException(
                $"\"{TerminalText.OneLine(inputData)}\" is not a family of events. For an event with that tag, use -Tag. The families are {string.Join(", ", EventTemplates.All.Select(t => t.Family))}."
            );
    }
}
