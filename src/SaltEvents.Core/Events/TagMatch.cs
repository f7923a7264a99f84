namespace SaltEvents.Core.Events;

/// <summary>How a tag is compared with a pattern: Salt's event_match_type (salt/utils/event.py, 3006.10), and this library's own default.</summary>
public enum TagMatch
{
    /// <summary>A pattern with <c>*</c>, <c>?</c> or <c>[</c> must match the whole tag; any other is a prefix.</summary>
    Auto,

    /// <summary>The tag starts with the text. Salt's default.</summary>
    StartsWith,

    /// <summary>The tag ends with the text.</summary>
    EndsWith,

    /// <summary>The text occurs in the tag.</summary>
    Find,

    /// <summary>The tag matches the regular expression, from its start.</summary>
    Regex,

    /// <summary>The whole tag matches the shell pattern; <c>*</c> crosses <c>/</c>. As in Python, case does not matter on Windows.</summary>
    FnMatch,
}
