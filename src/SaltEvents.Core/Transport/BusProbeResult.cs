using System;
using System.Threading;
using System.Threading.Tasks;

namespace SaltEvents.Core.Transport;

/// <summary>What probing one socket of a bus showed.</summary>
/// <param name="Presence">What is there.</param>
/// <param name="Problem">Why it cannot be used; null if it can, or was not probed.</param>
public sealed record BusProbeResult(BusPresence Presence, Exception? Problem = null)
{
    /// <summary>Connects and closes at once; no byte is sent.</summary>
    public static async Task<BusProbeResult> ProbeAsync(BusAddress address, TimeSpan timeout, CancellationToken token = default)
    {
        if (!address.IsKnown)
        {
            return new BusProbeResult(BusPresence.Unknown);
        }

        try
        {
            using var connection = await BusConnector.ConnectAsync(address, timeout, token).ConfigureAwait(false);
            return new BusProbeResult(BusPresence.Listening);
        }
        catch (Exception e) when (e is SaltEventException or PlatformNotSupportedException)
        {
            return From(e);
        }
    }

    /// <summary>What an error says about the socket that it is about.</summary>
    internal static BusProbeResult From(Exception problem) => new(
        problem switch
        {
            BusException { Reason: BusReason.NotFound } => BusPresence.NotRunning,
            BusException { Reason: BusReason.AccessDenied } => BusPresence.Denied,
            _ => BusPresence.NoAnswer,
        },
        problem);
}
