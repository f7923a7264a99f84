using System;
using System.Diagnostics;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using NATS.Client.JetStream;
using SaltEvents.Core.Client;

namespace SaltEvents.Core.Nats.JetStream;

/// <content>Reading again after the server has gone, or the consumer, or the stream.</content>
internal sealed partial class StreamReader
{
    private const string ConnectionLost = "the connection is lost." + ServerKeepsEvents;
    private const string ServerKeepsEvents = " Meanwhile the server keeps the events.";

    // A server that is stopped says so before it closes its connections: it is not to be reported as back in between.
    private static readonly TimeSpan EndOfServer = TimeSpan.FromMilliseconds(250);

    // A problem that lasts longer is reported in its own words: not that of a cluster which just chooses another leader.
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(5);

    private async Task<INatsJSConsumer> ReopenAsync()
    {
        var away = Stopwatch.StartNew();
        Put(
            StreamState.Disconnected,
            TimeSpan.Zero,
            $"The stream {bus.Options.Stream} at {bus.Options.ServerList} is not read at present: {why}"
        );
        bus.IsRetrying = true;
        if (isServerEnding)
        {
            isServerEnding = false;
            await Task.Delay(EndOfServer, subscription.Stopped).ConfigureAwait(false);
        }

        while (true)
        {
            try
            {
                return await ReopenAsync(away).ConfigureAwait(false);
            }
            catch (NatsBusException e)
                when ((e.IsTransient || e.Reason is NatsBusReason.StreamNotFound or NatsBusReason.NotAuthorized)
                    && !(subscription.Options.ReconnectTimeout is { } limit && away.Elapsed >= limit)
                )
            {
                if (!e.IsTransient || (e.Reason is NatsBusReason.JetStreamUnavailable or NatsBusReason.Failed && away.Elapsed > Usual))
                {
                    ReportOnce(e.Message);
                }

                await Task.Delay(backoff.Next(), subscription.Stopped).ConfigureAwait(false);
            }
        }
    }

    private async Task<INatsJSConsumer> ReopenAsync(Stopwatch away)
    {
        opened = Volatile.Read(ref disconnections);
        var stream = await StreamSetup.GetAsync(bus, subscription.Stopped).ConfigureAwait(false);
        var isNew = stream.Created != position.Created;
        var missing = isNew ? Created() : FindMissing(stream.State);
        // A server that was not shut down properly may have lost the last messages.
        var from = isNew ? 0 : Math.Min(lastRead, stream.State.LastSeq);
        var consumer = await position.ReopenAsync(from, stream, subscription.Stopped).ConfigureAwait(false);
        lastRead = from;
        backoff.Reset();
        bus.IsRetrying = false;
        refusal = null;
        Put(
            StreamState.Reconnected,
            away.Elapsed,
            string.Format(
                CultureInfo.InvariantCulture,
                "The stream {0} at {1} is read again after {2:0.###} s{3}.",
                bus.Options.Stream,
                bus.Options.ServerList,
                away.Elapsed.TotalSeconds,
                missing is null ? "; no event was missed" : string.Empty
            )
        );
        if (missing is not null)
        {
            subscription.Put(missing);
        }

        NoteCaughtUp();
        return consumer;
    }

    private string Describe(INatsJSNotification notification)
    {
        switch (notification)
        {
            case NatsJSTimeoutNotification:
                return "the server has stopped sending.";
            case NatsJSProtocolNotification { HeaderMessageText: "Server Shutdown" }:
                isServerEnding = true;
                return "the server is being stopped.";
            case NatsJSProtocolNotification { HeaderMessageText: { Length: > 0 } text }:
                return $"the server says: {text.TrimEnd('.')}.";
            default:
                return $"the server says: {notification.Name.TrimEnd('.')}.";
        }
    }

    // The server is back, but no longer accepts the credentials.
    private void OnSignInRefused(string problem) => ReportOnce(problem);

    // While it keeps trying, the same problem is reported once.
    private void ReportOnce(string problem)
    {
        if (Interlocked.Exchange(ref refusal, problem) != problem)
        {
            Put(StreamState.Disconnected, TimeSpan.Zero, problem);
        }
    }
}
