namespace SaltEvents;

/// <summary>Whose bus it is.</summary>
public enum SaltNode
{
    /// <summary>A Salt master's.</summary>
    Master,

    /// <summary>A Salt minion's.</summary>
    Minion,
}
