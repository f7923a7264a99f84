namespace SaltEvents.Core.Client;

/// <summary>Why a subscription has ended.</summary>
public enum SubscriptionEndReason
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>Its owner disposed it.</summary>
    Disposed,

    /// <summary>The bus closed the connection or broke it.</summary>
    BusClosed,

    /// <summary>The bus sent bytes that are not a frame.</summary>
    Malformed,

    /// <summary>The queue was full under <see cref="SaltOverflow.Disconnect"/>.</summary>
    Overflow,
}
