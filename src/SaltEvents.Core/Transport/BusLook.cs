using System;
using System.Threading;
using System.Threading.Tasks;

namespace SaltEvents.Core.Transport;

/// <summary>What a look at one socket of a bus showed.</summary>
/// <param name="Presence">What is there.</param>
/// <param name="Problem">Why it cannot be used; null where it can, or was not looked at.</param>
public sealed record BusLook(BusPresence Presence, Exception? Problem = null)
{
    /// <summary>Connects and closes at once; no byte is sent.</summary>
    public static async Task<BusLook> AtAsync(BusAddress address, TimeSpan timeout, CancellationToken token = default)
    {
        var (look, connection) = await OpenAsync(address, timeout, token).ConfigureAwait(false);
        connection?.Dispose();
        return look;
    }

    internal static async Task<(BusLook Look, SocketConnection? Connection)> OpenAsync(BusAddress address, TimeSpan timeout, CancellationToken token)
    {
        if (!address.IsKnown)
        {
            return (new BusLook(BusPresence.Unknown), null);
        }

        try
        {
            var connection = await BusConnector.ConnectAsync(address, timeout, token).ConfigureAwait(false);
            return (new BusLook(BusPresence.Listening), connection);
        }
        catch (Exception e) when (e is SaltEventException or PlatformNotSupportedException)
        {
            return (Of(e), null);
        }
    }

    /// <summary>What an error says about the socket that it is about.</summary>
    internal static BusLook Of(Exception problem) => new(
        problem switch
        {
            BusNotFoundException => BusPresence.NotRunning,
            BusAccessException => BusPresence.Denied,
            _ => BusPresence.NoAnswer,
        },
        problem);
}
