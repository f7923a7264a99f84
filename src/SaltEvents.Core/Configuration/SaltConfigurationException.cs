using System;
using System.Globalization;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Configuration;

/// <summary>Salt's configuration cannot be used; the message names file and line and what is expected.</summary>
public sealed class SaltConfigurationException : SaltEventException
{
    internal SaltConfigurationException(SaltConfigurationReason reason, string path, string message, Exception? inner = null)
        : base(message, inner)
    {
        Reason = reason;
        Path = path;
    }

    private SaltConfigurationException(string path, int line, string problem, Exception? inner)
        : this(
            SaltConfigurationReason.Invalid,
            path,
            string.Format(CultureInfo.InvariantCulture, "{0}:{1}: {2}", path, line, problem),
            inner
        ) => Line = line;

    /// <summary>What is wrong.</summary>
    public SaltConfigurationReason Reason { get; }

    /// <summary>The file or directory.</summary>
    public string Path { get; }

    /// <summary>The line in the file, from 1; 0 if the error concerns the whole file.</summary>
    public int Line { get; }

    /// <summary>Whether Salt could read it, but not this library, which bounds what a configuration may cost.</summary>
    internal bool IsLimit { get; private init; }

    internal static SaltConfigurationException Limit(SettingOrigin origin, string problem) =>
        new(origin.File!, origin.Line, problem, null) { IsLimit = true };

    internal static SaltConfigurationException Limit(string path, string message) =>
        new(SaltConfigurationReason.Invalid, path, message) { IsLimit = true };

    internal static SaltConfigurationException At(SettingOrigin origin, string problem, Exception? inner = null) =>
        new(origin.File!, origin.Line, problem, inner);

    internal static SaltConfigurationException Denied(string path, Exception cause)
    {
        var status = UnixFileStatus.Read(path);
        var what = status is null ? string.Empty : $": it belongs to {status.Owner}:{status.Group}, mode {status.Mode}";
        return new SaltConfigurationException(
            SaltConfigurationReason.Denied,
            path,
            $"{Environment.UserName} may not read Salt's configuration at {path}{what}. {PlatformText.Current.RunAs(null)} Or name the bus itself with {PlatformText.Current.ParametersForAddress}.",
            cause
        );
    }
}
