namespace SaltEvents.Core.Configuration;

/// <summary>Why Salt's configuration cannot be used.</summary>
public enum SaltConfigurationReason
{
    /// <summary>A file is not YAML, or a setting has a value that Salt cannot use.</summary>
    Invalid,

    /// <summary>There is no configuration at the given place.</summary>
    NotFound,

    /// <summary>The account may not read it.</summary>
    Denied,
}
