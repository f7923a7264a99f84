using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Protocols;

/// <summary>The two sockets of one bus and their protocol.</summary>
/// <param name="Pub">Where a listener connects; <see cref="BusAddress.Unknown"/> if only firing is wanted.</param>
/// <param name="Pull">Where a sender connects; <see cref="BusAddress.Unknown"/> if only listening is wanted.</param>
/// <param name="Protocol">How events are written on both.</param>
public sealed record BusEndpoint(BusAddress Pub, BusAddress Pull, BusProtocol Protocol)
{
    /// <summary>A bus of Salt 2016.3 or later: <see cref="BusProtocol.Stream"/>.</summary>
    public BusEndpoint(BusAddress pub, BusAddress pull)
        : this(pub, pull, BusProtocol.Stream)
    {
    }

    /// <summary>The pub address as users of the protocol write it; empty if it is not known.</summary>
    public string PubText => Pub.IsKnown ? Protocol.Format(Pub) : string.Empty;

    /// <summary>The pull address as users of the protocol write it; empty if it is not known.</summary>
    public string PullText => Pull.IsKnown ? Protocol.Format(Pull) : string.Empty;

    /// <summary>The identities of both sockets, see <see cref="BusIdentity"/>; null if one of them is not known.</summary>
    internal string? Identity => BusIdentity.Find(Pub) is { } pub && BusIdentity.Find(Pull) is { } pull ? $"{pub}, {pull}" : null;

    /// <inheritdoc/>
    public override string ToString() =>
        !Pull.IsKnown ? "pub " + PubText
        : !Pub.IsKnown ? "pull " + PullText
        : $"pub {PubText}, pull {PullText}";
}
