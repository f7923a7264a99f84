namespace SaltEvents.Routes;

/// <summary>The minions that a job is for.</summary>
/// <param name="Expression">The target, as Salt takes it.</param>
/// <param name="Type">How it names minions.</param>
/// <param name="Wait">How long to wait for their answers; null to publish only.</param>
internal sealed record JobTarget(string Expression, SaltTargetType Type, Seconds? Wait)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Expression} ({Type})";
}
