using System;
using System.Threading.Tasks;
using NATS.Client.Core;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Nats.JetStream;

/// <content>The stream may be deleted while the relay runs, or the server may be started again without what it had stored.</content>
internal sealed partial class OrderedPublisher
{
    // After each new connection, and when nothing takes the events. The stream is created again if it is missing.
    private async Task CheckStreamAsync()
    {
        lock (sync)
        {
            var isDue = doubtsStream || (asksWhileQuiet && queue.Count == 0);
            if (!isDue || bus.Connection.ConnectionState != NatsConnectionState.Open || pausedUntil > Environment.TickCount64)
            {
                return;
            }

            (doubtsStream, asksWhileQuiet) = (false, false);
        }

        try
        {
            var stream = await StreamSetup.EnsureAsync(bus, options, isRunning: true, stop.Token).ConfigureAwait(false);
            lock (sync)
            {
                (baseline, created) = (stream.Created == created ? baseline : 0, stream.Created);
                Problem = null;
            }
        }
        catch (NatsBusException e)
        {
            lock (sync)
            {
                // What passes is found out by publishing, if there is anything to publish.
                doubtsStream = !e.IsTransient || e.Reason == NatsBusReason.Failed;
                asksWhileQuiet = !doubtsStream;
                Repeat(e.Message);
            }
        }
    }
}
