namespace SaltEvents.Core.Configuration;

/// <summary>Whose bus it is.</summary>
public enum NodeKind
{
    /// <summary>A Salt master's.</summary>
    Master,

    /// <summary>A Salt minion's.</summary>
    Minion,
}
