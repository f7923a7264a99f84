using System;
using System.Collections.Generic;
using System.Linq;

namespace SaltEvents.Output;

/// <summary>
/// Events whose tags have one form, and the properties that such events have. A form is a tag with names in braces for
/// its variable parts ("salt/job/{JobId}/new"); a last part "{Name+}" takes the rest, and may be empty.
/// </summary>
internal sealed class TagFamily
{
    private readonly string[] form;
    private readonly Func<string, bool>? condition;

    public TagFamily(string name, string form, params FamilyProperty[] properties)
        : this(name, form, null, properties)
    {
    }

    public TagFamily(string name, string form, Func<string, bool>? condition, params FamilyProperty[] properties)
    {
        Name = name;
        this.form = form.Split('/');
        this.condition = condition;
        var fromTag = this.form.Select((part, index) => (part, index)).Where(p => p.part.StartsWith("{", StringComparison.Ordinal))
            .Select(p => new FamilyProperty(p.part.Trim('{', '}', '+'), e => PartOf(e.Tag, p.index)));
        Properties = [.. fromTag, .. properties];
    }

    public string Name { get; }

    /// <summary>The names of the properties and how to get them: the tag's parts first.</summary>
    public IReadOnlyList<FamilyProperty> Properties { get; }

    /// <summary>The payload carries secrets: no view shows it.</summary>
    public bool IsSecret { get; init; }

    /// <summary>The form with * for its variable parts.</summary>
    public string Pattern => string.Join("/", form.Select(part => part[0] == '{' ? "*" : part));

    private bool TakesRest => form[form.Length - 1].EndsWith("+}", StringComparison.Ordinal);

    public bool Matches(string tag, string[] parts)
    {
        if (TakesRest ? parts.Length < form.Length : parts.Length != form.Length)
        {
            return false;
        }

        for (var i = 0; i < form.Length; i++)
        {
            if (form[i][0] != '{' && form[i] != parts[i])
            {
                return false;
            }
        }

        return condition is null || condition(tag);
    }

    private string PartOf(string tag, int index)
    {
        var parts = tag.Split(['/'], form.Length);
        return index < parts.Length ? parts[index] : string.Empty;
    }
}
