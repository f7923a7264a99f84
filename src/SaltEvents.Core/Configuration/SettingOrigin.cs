using System.Globalization;

namespace SaltEvents.Core.Configuration;

/// <summary>Where a setting's value came from: a line of a file, or Salt's default.</summary>
/// <param name="File">The file; null for a default.</param>
/// <param name="Line">The line in it, from 1; 0 if there is no file.</param>
/// <param name="Note">How the value was changed since, or what it is if not from a file; null if there is nothing to add.</param>
public sealed record SettingOrigin(string? File, int Line, string? Note = null)
{
    /// <summary>Salt's own default.</summary>
    public static SettingOrigin Default { get; } = new(null, 0);

    /// <summary>Whether Salt's default decided it.</summary>
    public bool IsDefault => File is null && Note is null;

    /// <summary>"file:line", "default" or the note.</summary>
    public override string ToString()
    {
        var place = File is null ? null : File + ":" + Line.ToString(CultureInfo.InvariantCulture);
        return (place, Note) switch
        {
            (null, null) => "default",
            (null, _) => Note,
            (_, null) => place,
            _ => place + ", " + Note,
        };
    }
}
