using System;
using System.Text.RegularExpressions;

namespace SaltEvents.Core.Compat;

/// <summary>Regular expressions whose time is proportional to the text, which .NET Framework does not have.</summary>
internal static class LinearRegex
{
    /// <summary>
    /// A pattern that is compared in linear time if the platform can do that with it, and never for longer than the limit.
    /// </summary>
    /// <exception cref="ArgumentException">The pattern is not valid.</exception>
    public static Regex Create(string pattern, TimeSpan limit)
    {
#if !NETFRAMEWORK
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, limit);
        }
        catch (NotSupportedException)
        {
            // Lookarounds, back references, or very many repetitions.
        }
#endif
        return new Regex(pattern, RegexOptions.CultureInvariant, limit);
    }
}
