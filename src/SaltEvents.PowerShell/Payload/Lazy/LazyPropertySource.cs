using System.Management.Automation;

namespace SaltEvents.Payload.Lazy;

/// <summary>
/// What is given to an object that gets the properties of a map. The engine adds a copy of what it is given, so the copy is the
/// property; a copy that is made later, with a copy of the object, is a note property with the value of then.
/// </summary>
internal sealed class LazyPropertySource(LazyMap map) : PSNoteProperty("field", null)
{
    private int number;
    private string field = string.Empty;

    /// <summary>Adds the property of a field.</summary>
    public void AddTo(PSObject shown, int number, string name)
    {
        (this.number, field) = (number, name);
        shown.Properties.Add(this, preValidated: true);
    }

    /// <inheritdoc/>
    public override PSMemberInfo Copy() => new LazyProperty(map, number, field);
}
