using System;
using System.Management.Automation;

namespace SaltEvents.Base;

/// <summary>Accepts the ids that a master accepts: without /, \ and null characters (salt/utils/verify.py, valid_id, 3006.16).</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class MinionNameAttribute : ValidateEnumeratedArgumentsAttribute
{
    /// <inheritdoc/>
    protected override void ValidateElement(object element)
    {
        if (element is not string id || id.IndexOfAny(['/', '\\', '\0']) >= 0)
        {
            throw new ValidationMetadataException(
                $"\"{TerminalText.OneLine(element)}\" is not the id of a minion. Give an id without a slash, such as web01 or web01.example.com."
            );
        }
    }
}
