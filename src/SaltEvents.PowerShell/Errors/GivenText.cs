using System;
using System.Management.Automation;

namespace SaltEvents.Errors;

/// <summary>What an error shows of an object that was given in place of another one.</summary>
internal static class GivenText
{
    /// <summary>It, at the start of a sentence. Of an object only its type, because a secret may be among its values.</summary>
    public static string Describe(object? given) =>
        (given is PSObject wrapped ? wrapped.BaseObject : given) switch
        {
            null => "A null",
            string text when IsAddress(text) => "An address",
            string or ValueType => $"'{TerminalText.OneLine(given)}'",
            PSCustomObject => $"An object of type {TerminalText.OneLine(PSObject.AsPSObject(given!).TypeNames[0])}",
            var own when own.GetType().Assembly == typeof(GivenText).Assembly => $"'{TerminalText.OneLine(own)}'",
            var other => $"An object of type {other.GetType()}",
        };

    /// <summary>Whether it is the text of an address, which may have a password in it.</summary>
    public static bool IsAddress(object? given) => (given is PSObject wrapped ? wrapped.BaseObject : given) is string text && text.Contains("://");
}
