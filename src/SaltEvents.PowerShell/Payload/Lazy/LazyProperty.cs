using System.Management.Automation;

namespace SaltEvents.Payload.Lazy;

/// <summary>
/// A field of a map as a note property, whose value is decoded when it is asked for: the object around it is a custom object
/// like any other.
/// </summary>
internal sealed class LazyProperty(LazyMap map, int number, string name) : PSNoteProperty(name, null)
{
    /// <inheritdoc/>
    public override object? Value
    {
        get => LazyNode.DataOf(map.GetValue(number));
        set => map.SetValue(number, value);
    }

    /// <summary>Whether it shows that field of that map.</summary>
    public bool Shows(LazyMap other, out int shown)
    {
        shown = number;
        return ReferenceEquals(map, other);
    }

    /// <inheritdoc/>
    public override PSMemberInfo Copy() => new PSNoteProperty(Name, Value);

    /// <inheritdoc/>
    public override string ToString() => Copy().ToString() ?? Name;
}
