namespace SaltEvents.Core.Nats;

/// <summary>What a relay has done. Read = Acknowledged + Waiting + Dropped + Withheld + OfPeers.</summary>
/// <param name="Read">Events read from the bus, of the tags that are relayed.</param>
/// <param name="Published">Messages sent to the server, including repetitions.</param>
/// <param name="Acknowledged">Events that the server has stored.</param>
/// <param name="Duplicates">How many of them it already had.</param>
/// <param name="Waiting">Events that wait to be published or acknowledged.</param>
/// <param name="Dropped">Events that were given up: the queue was full, they were too large, or the relay was stopped.</param>
/// <param name="Withheld">Events with secrets, which were not published.</param>
/// <param name="OfPeers">Events of other masters of a cluster, which their own relay publishes.</param>
/// <param name="Fired">Events fired on the bus for others.</param>
/// <param name="Refused">Events that others asked to fire and that were not fired.</param>
public sealed record EventRelayCounters(
    long Read,
    long Published,
    long Acknowledged,
    long Duplicates,
    int Waiting,
    long Dropped,
    long Withheld,
    long OfPeers,
    long Fired,
    long Refused
);
