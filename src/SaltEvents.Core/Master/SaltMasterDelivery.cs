using SaltEvents.Core.Compat;
using SaltEvents.Core.Master;
using SaltEvents.Core.Transport;

namespace SaltEvents;

/// <summary>The result of an event at one master, sent without the minion's daemon.</summary>
public sealed class SaltMasterDelivery
{
    internal SaltMasterDelivery(string tag, string minionId, TcpBusAddress master, int? protocolVersion, MasterRequestException? cause)
    {
        Tag = tag;
        MinionId = minionId;
        Master = master.ToString();
        ProtocolVersion = protocolVersion;
        Cause = cause;
    }

    /// <summary>The event's tag.</summary>
    public string Tag { get; }

    /// <summary>The minion that fired it.</summary>
    public string MinionId { get; }

    /// <summary>The master, host:port.</summary>
    public string Master { get; }

    /// <summary>Whether the master has taken it.</summary>
    public bool Delivered => Cause is null;

    /// <summary>The version of Salt's protocol that was spoken; null if the minion could not sign in.</summary>
    public int? ProtocolVersion { get; }

    /// <summary>Why it was not taken; null if it was.</summary>
    public string? Error => Cause?.Message;

    internal MasterRequestException? Cause { get; }

    /// <inheritdoc/>
    public override string ToString() => DisplayText.OneLine($"{Master}: {Error ?? "delivered"}");
}
