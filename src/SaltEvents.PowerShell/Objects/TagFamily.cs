using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;

namespace SaltEvents.Objects;

/// <summary>
/// Events whose tags have one form, and the properties that such events have. A form is a tag with names in braces for
/// its variable parts ("salt/job/{JobId}/new"); a last part "{Name+}" takes the rest, and may be empty.
/// </summary>
internal sealed class TagFamily
{
    private const string TypeName = "SaltEvents.SaltEvent";
    private readonly Dictionary<string, FamilyProperty> byName;
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
        TakesRest = form.EndsWith("+}", StringComparison.Ordinal);
        this.condition = condition;
        var fromTag = this.form.Select((part, index) => (part, index)).Where(p => p.part.StartsWith("{", StringComparison.Ordinal))
            .Select(p => new FamilyProperty(p.part.Trim('{', '}', '+'), e => PartOf(e.PlainTag, p.index)));
        Properties = [.. fromTag, .. properties];
        Visible =
        [
            .. FamilyProperty.Own,
            .. FamilyProperty.Always.Select(a => Properties.FirstOrDefault(p => p.Name == a.Name) ?? a),
            .. Properties.Where(p => FamilyProperty.Always.All(a => a.Name != p.Name)),
        ];
        byName = Visible
            .Concat(FamilyProperty.Origin)
            .Concat(FamilyProperty.Unlisted)
            .Concat(Visible.Select(p => p.Serialized()))
            .Concat(FamilyProperty.Origin.Select(p => p.Serialized(evenEmpty: false)))
            .ToDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase);
        TypeNames = name.Length == 0 ? [TypeName, typeof(object).FullName!] : [TypeName + "#" + name, TypeName, typeof(object).FullName!];
    }

    public string Name { get; }

    /// <summary>The names of the properties and how to get them: the tag's parts first.</summary>
    public IReadOnlyList<FamilyProperty> Properties { get; }

    /// <summary>The properties that are listed, in their order: the event's own, those that every event has, and the family's.</summary>
    public IReadOnlyList<FamilyProperty> Visible { get; }

    /// <summary>The names of the types that such an event has for PowerShell.</summary>
    public Collection<string> TypeNames { get; }

    /// <summary>What to show of such an event in a table; null for the payload's fields in their order.</summary>
    public Func<SaltEvent, IEnumerable<object?>>? Headline { get; init; }

    /// <summary>The same family for an event whose payload is a return; null if such events are not returns.</summary>
    public TagFamily? OfReturn { get; init; }

    /// <summary>The payload carries secrets: no view shows it.</summary>
    public bool IsSecret { get; init; }

    /// <summary>The form with * for its variable parts.</summary>
    public string Pattern => string.Join("/", form.Select(part => part[0] == '{' ? "*" : part));

    private bool TakesRest { get; }

    /// <summary>A property that is not a field of the payload, by its name in any case; null if there is none.</summary>
    public FamilyProperty? Find(string name) => byName.TryGetValue(name, out var property) ? property : null;

    /// <summary>The value of a property that every event has.</summary>
    public object? Get(string name, SaltEvent saltEvent) => byName[name].GetValue(saltEvent);

    /// <summary>Whether events with that tag are of this family. It allocates nothing: each event is compared with many families.</summary>
    public bool Matches(string tag)
    {
        var start = 0;
        for (var i = 0; i < form.Length; i++)
        {
            var isLast = i == form.Length - 1;
            var end = isLast && TakesRest ? tag.Length : EndOfPart(tag, start);
            if (
                (form[i][0] != '{' && string.CompareOrdinal(tag, start, form[i], 0, Math.Max(end - start, form[i].Length)) != 0)
                || isLast != (end == tag.Length)
            )
            {
                return false;
            }

            start = end + 1;
        }

        return condition is null || condition(tag);
    }

    private string PartOf(string tag, int index)
    {
        var start = 0;
        for (var i = 0; i < index; i++)
        {
            start = EndOfPart(tag, start) + 1;
        }

        return tag.Substring(start, (index == form.Length - 1 ? tag.Length : EndOfPart(tag, start)) - start);
    }

    private static int EndOfPart(string tag, int start) => tag.IndexOf('/', start) is var end and >= 0 ? end : tag.Length;
}
