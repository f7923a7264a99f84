using System.Globalization;

namespace SaltEvents;

/// <summary>A step of the test of a salt-api: name, connection, TLS, salt-api, sign-in, permissions, stream, round trip, version.</summary>
public sealed class SaltEventApiStep : SaltEventTestStep
{
    internal SaltEventApiStep(string name, bool? passed, string detail)
    {
        Name = name;
        Passed = passed;
        Detail = detail;
    }

    /// <summary>What was tried.</summary>
    public string Name { get; }

    /// <summary>Whether it succeeded; null if it was not tried.</summary>
    public bool? Passed { get; }

    /// <summary>What was seen, in a few words.</summary>
    public string Detail { get; }

    /// <inheritdoc/>
    public override string ToString() => TerminalText.OneLine(string.Format(CultureInfo.InvariantCulture, "{0,-10}  {1}", Name, Detail));
}
