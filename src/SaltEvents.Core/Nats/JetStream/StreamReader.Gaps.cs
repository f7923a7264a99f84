using System;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Nats.JetStream;

/// <content>Where the stored events end, and which are missing.</content>
internal sealed partial class StreamReader
{
    private void NoteCaughtUp()
    {
        if (lastRead >= position.End && !isCaughtUp)
        {
            isCaughtUp = true;
            subscription.PutCaughtUp(
                lastRead == 0
                    ? null
                    : Status(
                        StreamState.Connected,
                        TimeSpan.Zero,
                        $"All stored events of the stream {bus.Options.Stream} have been read; the following events are new."
                    )
            );
        }
    }

    // A reader that is far behind may find that the stream has let events go.
    private async ValueTask CheckRemovedAsync(ulong next)
    {
        if (!hasWaited || next == lastRead + 1 || lastRead == 0)
        {
            return;
        }

        hasWaited = false;
        try
        {
            var first = (await StreamSetup.GetAsync(bus, subscription.Stopped).ConfigureAwait(false)).State.FirstSeq;
            if (first > lastRead + 1)
            {
                var gone = (long)(Math.Min(first, next) - lastRead - 1);
                subscription.Put(
                    new StreamStatus(
                        StreamState.Gap,
                        DateTime.UtcNow,
                        TimeSpan.Zero,
                        $"Reading the stream {bus.Options.Stream} at {bus.Options.ServerList} was too slow: up to {Counted.Of(gone, "event")} may be missing, which it no longer keeps.",
                        gone
                    )
                );
            }
        }
        catch (NatsBusException)
        {
            // It cannot be known.
        }
    }

    private string? FindMissing(ulong first, ulong last)
    {
        if (lastRead > last)
        {
            lastRead = 0;
            return "it was created again meanwhile, and is read from its start";
        }

        return lastRead > 0 && first > lastRead + 1
            ? $"up to {Counted.Of((long)(first - lastRead - 1), "event")} may be missing, which the stream no longer keeps"
            : null;
    }
}
