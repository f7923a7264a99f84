namespace SaltEvents.Core.Configuration;

/// <summary>Why Salt's configuration cannot be used.</summary>
public enum SaltConfigurationReason
{
    /// <summary>A file is no YAML, or a setting has a value that Salt cannot use.</summary>
    Invalid,

    /// <summary>There is no configuration at the place that was named.</summary>
    NotFound,

    /// <summary>The account may not read it.</summary>
    Denied,
}
