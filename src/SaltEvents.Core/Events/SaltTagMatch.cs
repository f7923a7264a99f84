namespace SaltEvents;

/// <summary>
/// How a tag is compared with a pattern: Salt's event_match_type (salt/utils/event.py, 3006.10), and two ways of this library's own.
/// </summary>
public enum SaltTagMatch
{
    /// <summary>
    /// A pattern with <c>*</c>, <c>?</c> or <c>[...]</c> must match the whole tag; any other is a prefix. A backtick takes the
    /// wildcard after it literally, and a <c>[</c> that is not closed is itself. A pattern also matches the tag that is its own text.
    /// </summary>
    Auto,

    /// <summary>The tag starts with the text. Salt's default.</summary>
    StartsWith,

    /// <summary>The tag ends with the text.</summary>
    EndsWith,

    /// <summary>The text occurs in the tag.</summary>
    Find,

    /// <summary>The tag matches the regular expression, from its start.</summary>
    Regex,

    /// <summary>
    /// The whole tag matches the shell pattern; <c>*</c> crosses <c>/</c>. As in Python, case does not matter on Windows.
    /// </summary>
    FnMatch,

    /// <summary>The tag is the text. No event_match_type of Salt.</summary>
    Exact,
}
