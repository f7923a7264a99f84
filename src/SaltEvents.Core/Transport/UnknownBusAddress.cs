namespace SaltEvents.Core.Transport;

/// <summary>
/// The address of a socket that was not given: listening does not need the pull socket of a bus, firing does not need the pub socket.
/// </summary>
public sealed record UnknownBusAddress : BusAddress
{
    internal UnknownBusAddress()
    {
    }

    /// <inheritdoc/>
    public override string ToString() => "an address that is not known";
}
