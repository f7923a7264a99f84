namespace SaltEvents.Core.Transport;

/// <summary>A Unix socket (Salt's <c>ipc_mode: ipc</c>).</summary>
/// <param name="Path">The path of the socket file.</param>
public sealed record UnixBusAddress(string Path) : BusAddress
{
    /// <summary>The longest path that Linux takes for a socket, in bytes (sun_path of unix(7), less its final zero).</summary>
    public const int MaxPathBytes = 107;

    /// <inheritdoc/>
    public override string ToString() => Path;
}
