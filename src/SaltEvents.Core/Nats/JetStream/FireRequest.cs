using System;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using NATS.Client.Core;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Nats.JetStream;

/// <summary>Asks a site's relay to fire an event, and reads its answer.</summary>
internal static class FireRequest
{
    /// <summary>Sends the request. It returns when the relay has fired the event.</summary>
    /// <exception cref="NatsBusException">It was not fired, or that is not known.</exception>
    public static async Task SendAsync(NatsBus bus, string site, ReadOnlyMemory<byte> body, TimeSpan timeout, CancellationToken token)
    {
        var tag = body.Span.Slice(0, EventCodec.TagLength(body.Span)).ToArray();
        var what = $"The event {Encoding.UTF8.GetString(tag)} was not fired at site {site}";
        if (bus.Connection.ServerInfo is { } server && body.Length > server.MaxPayload)
        {
            throw new NatsBusException(
                NatsBusReason.TooLarge,
                $"{what}: it has {body.Length} bytes, and {bus.Options.ServerList} accepts {server.MaxPayload} (max_payload)."
            );
        }

        var answer = await AskAsync(bus, site, tag, body, what, timeout, token).ConfigureAwait(false);
        var result = Enum.TryParse<FireResult>(answer.Headers?[MessageHeaders.Result].ToString(), out var known) ? known : FireResult.None;
        if (result != FireResult.Fired)
        {
            throw new NatsBusException(ReasonOf(result), $"{what}. {bus.Secrets.Mask(Encoding.UTF8.GetString(answer.Data ?? []))}");
        }
    }

    private static async Task<NatsMsg<byte[]>> AskAsync(
        NatsBus bus,
        string site,
        byte[] tag,
        ReadOnlyMemory<byte> body,
        string what,
        TimeSpan timeout,
        CancellationToken token
    )
    {
        using var wait = new AnswerWait(bus.Connection);
        try
        {
            return await bus.CallAsync(
                    what,
                    async t =>
                    {
                        using var limit = CancellationTokenSource.CreateLinkedTokenSource(t, wait.Over);
                        return await bus
                            .Connection.RequestAsync<byte[], byte[]>(
                                NatsSubject.Format(NatsSubject.Requests, site, tag),
                                body.ToArray(),
                                requestSerializer: NatsRawSerializer<byte[]>.Default,
                                replySerializer: NatsRawSerializer<byte[]>.Default,
                                replyOpts: new NatsSubOpts { Timeout = timeout },
                                cancellationToken: limit.Token
                            )
                            .ConfigureAwait(false);
                    },
                    token,
                    timeout
                )
                .ConfigureAwait(false);
        }
        catch (NatsBusException e) when (e.InnerException is NatsNoRespondersException)
        {
            throw new NatsBusException(
                NatsBusReason.RelayNotFound,
                $"{what}: no relay of that site that fires events is connected to {bus.Options.ServerList}. Start one there: Start-SaltEventRelay -Site {site} -Accept ...",
                e
            );
        }
        catch (NatsBusException e) when (e.Reason == NatsBusReason.NotAnswering)
        {
            throw new NatsBusException(
                NatsBusReason.DeliveryUnknown,
                (
                    wait.IsConnectionLost
                        ? $"The connection to {bus.Options.ServerList} was lost before the relay of site {site} answered."
                        : FormattableString.Invariant($"The relay of site {site} did not answer within {timeout.TotalSeconds:0.###} s.")
                ) + $" The event {Encoding.UTF8.GetString(tag)} may have been fired. It is not sent again.",
                e
            );
        }
    }

    private static NatsBusReason ReasonOf(FireResult result) => result switch
    {
        FireResult.NotAccepted => NatsBusReason.TagNotAccepted,
        FireResult.Unknown => NatsBusReason.DeliveryUnknown,
        _ => NatsBusReason.NotFired,
    };
}
