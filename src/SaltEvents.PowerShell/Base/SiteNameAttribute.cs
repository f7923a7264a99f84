using System;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Core.Nats;

namespace SaltEvents.Base;

/// <summary>Refuses text that cannot be the name of a site or of a durable position.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SiteNameAttribute : ValidateEnumeratedArgumentsAttribute
{
    /// <summary>Whether wildcards are also accepted.</summary>
    public bool TakesPatterns { get; set; }

    /// <inheritdoc/>
    protected override void ValidateElement(object element)
    {
        var text = $"{element}";
        var name = TakesPatterns ? new string(text.Where(c => c is not ('*' or '?' or '[' or ']' or '!')).ToArray()) : text;
        if (text.Length == 0 || (name.Length > 0 && !NatsSubject.IsName(name)))
        {
            throw new ValidationMetadataException(
                $"\"{TerminalText.OneLine(text)}\" is not a valid name: it can have ASCII letters, digits, - and _, 64 characters at most{(TakesPatterns ? ", and the wildcards *, ? and [...]" : string.Empty)}."
            );
        }
    }
}
