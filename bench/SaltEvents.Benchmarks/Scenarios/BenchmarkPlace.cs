using System.IO;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;

namespace SaltEvents.Benchmarks.Scenarios;

/// <summary>Where the sockets are: directories of our own, or free ports.</summary>
internal sealed class BenchmarkPlace(string directory, bool tcp)
{
    private int last;

    /// <summary>The addresses of one bus more, with Salt's own names for a master's sockets.</summary>
    public BusEndpoint NewBus()
    {
        if (tcp)
        {
            var free = new TcpBusAddress(TcpBusAddress.Loopback, 0);
            return new BusEndpoint(free, free);
        }

        var socketDirectory = Directory
            .CreateDirectory(Path.Combine(directory, (++last).ToString("D2", System.Globalization.CultureInfo.InvariantCulture)))
            .FullName;
        return new BusEndpoint(
            new UnixBusAddress(Path.Combine(socketDirectory, "master_event_pub.ipc")),
            new UnixBusAddress(Path.Combine(socketDirectory, "master_event_pull.ipc")));
    }
}
