using System;

namespace SaltEvents.Core.Compat;

/// <summary>The texts of errors of .NET, the system and libraries, which end in different ways.</summary>
internal static class ErrorText
{
    private const string PathStart = " : '";

    /// <summary>The text as a clause of a sentence: without the period, and without the path that .NET repeats at its end.</summary>
    public static string Clause(this Exception error)
    {
        var text = error.Message;
        var path = text.EndsWith("'", StringComparison.Ordinal) ? text.LastIndexOf(PathStart, StringComparison.Ordinal) : -1;
        return (path > 0 ? text.Substring(0, path) : text).TrimEnd('.', ' ');
    }
}
