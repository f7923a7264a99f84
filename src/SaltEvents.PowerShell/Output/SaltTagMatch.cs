namespace SaltEvents;

/// <summary>How -Tag is compared: Salt's event_match_type, and the module's own default.</summary>
public enum SaltTagMatch
{
    /// <summary>A tag with *, ? or [...] must match as a whole, any other is a prefix. A backtick takes a wildcard literally.</summary>
    Auto,

    /// <summary>The event's tag starts with the text.</summary>
    StartsWith,

    /// <summary>The event's tag ends with the text.</summary>
    EndsWith,

    /// <summary>The text occurs in the event's tag.</summary>
    Find,

    /// <summary>The event's tag matches the regular expression, from its start.</summary>
    Regex,

    /// <summary>The whole tag matches the shell pattern.</summary>
    FnMatch,

    /// <summary>The event's tag is the text.</summary>
    Exact,
}
