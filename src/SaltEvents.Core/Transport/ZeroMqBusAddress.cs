using System;

namespace SaltEvents.Core.Transport;

/// <summary>A socket of a bus that speaks ZeroMQ, as Salt 0.9.10 to 2015.8 does (salt/utils/event.py, SaltEvent.__load_uri, 2015.8.13).</summary>
public sealed record ZeroMqBusAddress : BusAddress
{
    private readonly BusAddress socket;

    /// <summary>ZeroMQ on a socket.</summary>
    /// <param name="socket">A <see cref="UnixBusAddress"/>, Salt's default then (<c>ipc://</c>), or a <see cref="TcpBusAddress"/> (<c>ipc_mode: tcp</c>).</param>
    public ZeroMqBusAddress(BusAddress socket) => this.socket = (socket ?? throw new ArgumentNullException(nameof(socket))).Socket;

    /// <inheritdoc/>
    public override BusAddress Socket => socket;

    /// <summary>As ZeroMQ writes it: <c>tcp://host:port</c> or <c>ipc://path</c>.</summary>
    public override string ToString() => (socket is UnixBusAddress ? "ipc://" : "tcp://") + socket;
}
