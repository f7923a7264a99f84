using System;
using System.Management.Automation;
using System.Text.RegularExpressions;
using SaltEvents.Core.Configuration;

namespace SaltEvents.Base;

/// <summary>Accepts a version of Salt. The ValidatePattern of Windows PowerShell would show the pattern instead of the problem.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SaltVersionAttribute : ValidateEnumeratedArgumentsAttribute
{
    private static readonly Regex Pattern = new(@"^v?\d{1,5}(\.\d{1,5})*\S*$", RegexOptions.CultureInvariant);

    /// <inheritdoc/>
    protected override void ValidateElement(object element)
    {
        const string Advice = "Give one such as 0.16.4, 2014.7 or 3006.10.";
        if (element is not string text || !Pattern.IsMatch(text) || !SaltVersions.IsSeries(text))
        {
            throw new ValidationMetadataException($"\"{TerminalText.OneLine(element)}\" is not a version of Salt. {Advice}");
        }

        if (!SaltVersions.IsSupported(text))
        {
            throw new ValidationMetadataException($"Salt {text} is not supported: the oldest supported version is 0.9.10. {Advice}");
        }
    }
}
