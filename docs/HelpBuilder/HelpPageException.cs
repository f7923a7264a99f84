using System;

namespace SaltEvents.HelpBuilder;

/// <summary>A page that is not in the expected form.</summary>
internal sealed class HelpPageException(int line, string message) : Exception(message)
{
    /// <summary>The line, counted from 1.</summary>
    public int Line { get; } = line;
}
