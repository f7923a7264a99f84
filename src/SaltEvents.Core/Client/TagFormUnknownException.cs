using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Client;

/// <summary>It could not be found out how tags end on a ZeroMQ bus. Nothing was sent: a wrong form ends the reactor of some masters.</summary>
public sealed class TagFormUnknownException : SaltEventException
{
    internal TagFormUnknownException(BusAddress address, string message)
        : base(message) => Address = address;

    /// <summary>The bus's pull socket.</summary>
    public BusAddress Address { get; }
}
