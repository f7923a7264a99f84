using System;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Objects;

namespace SaltEvents.Base;

/// <summary>Accepts only the names of families, and lists them in its error.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class KnownFamilyAttribute : ValidateEnumeratedArgumentsAttribute
{
    /// <inheritdoc/>
    protected override void ValidateElement(object element)
    {
        var names = TagFamilies
            .Patterns.Select(p => p.Family)
            .Distinct(StringComparer.Ordinal)
            .OrderBy(n => n, StringComparer.Ordinal)
            .ToArray();
        if (!names.Contains(element as string, StringComparer.OrdinalIgnoreCase))
        {
            throw new ValidationMetadataException($"\"{TerminalText.OneLine(element)}\" is not a family of events. The families are {string.Join(", ", names)}.");
        }
    }
}
