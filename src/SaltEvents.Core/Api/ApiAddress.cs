using System;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Api;

/// <summary>A salt-api in place of a bus's sockets: events are read and fired over it.</summary>
/// <param name="Uri">Its base address.</param>
public sealed record ApiAddress(Uri Uri) : BusAddress
{
    /// <inheritdoc/>
    public override string ToString() => Uri.GetLeftPart(UriPartial.Path).TrimEnd('/');
}
