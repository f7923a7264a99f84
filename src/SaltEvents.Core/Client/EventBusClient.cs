using System;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Connections;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;
using SaltEvents.Core.ZeroMq;

namespace SaltEvents.Core.Client;

/// <summary>
/// Listens and fires on one bus, Salt's own or an embedded one. Listening opens the pub socket and firing opens the pull socket,
/// each only when it is used. Safe for several threads.
/// </summary>
public sealed class EventBusClient : IDisposable
{
    private const int MaxAttempts = 2;
    private readonly EventBusClientOptions options;
    private readonly PullChannel pull;
    private readonly SemaphoreSlim finding = new(1, 1);
    private volatile KnownFraming? framing;
    private SaltTagForm? foundForm;

    /// <summary>A client; nothing is opened yet.</summary>
    public EventBusClient(BusEndpoint endpoint, EventBusClientOptions? options = null)
    {
        Endpoint = endpoint ?? throw new ArgumentNullException(nameof(endpoint));
        this.options = options ?? EventBusClientOptions.Default;
        pull = new PullChannel(endpoint, this.options.ConnectTimeout, this.options.SendTimeout, ForgetFormat);
    }

    /// <summary>The bus.</summary>
    public BusEndpoint Endpoint { get; }

    /// <summary>
    /// True if the format in which the bus accepts frames could not be detected (<see cref="EventBusClientOptions.Format"/>
    /// is null): they are written as <see cref="FrameFormat.Map"/>, which a Salt that needs lengths (3006.26, 3007.15, 3008.2 and later)
    /// loses.
    /// </summary>
    public bool IsFormatUnknown { get; private set; }

    /// <summary>Subscribes: events that match are kept from here on, until the subscription is disposed.</summary>
    /// <exception cref="BusException">There is no bus.</exception>
    /// <exception cref="BusException">The account may not listen.</exception>
    /// <exception cref="BusException">It did not answer in time.</exception>
    public Task<EventSubscription> SubscribeAsync(TagFilter? filter = null, CancellationToken token = default) =>
        EventSubscription.OpenAsync(Endpoint, filter ?? TagFilter.All, options, token);

    /// <summary>Connects to the pull socket, so that a missing bus is noticed before anything is fired.</summary>
    public async Task ConnectPullAsync(CancellationToken token = default) => await pull.ConnectAsync(token).ConfigureAwait(false);

    /// <summary>
    /// Fires an event on the bus, stamped with the present time, except for Salt before 0.17. Returns when the socket has
    /// accepted it; on a ZeroMQ bus, when ZeroMQ has, which sends it at once: see <see cref="CompleteAsync"/>.
    /// </summary>
    /// <returns>The event's body as sent, with a blank line after the tag.</returns>
    /// <exception cref="InvalidEventException">It is not an event that Salt could carry; nothing was sent.</exception>
    /// <exception cref="BusException">There is no bus.</exception>
    /// <exception cref="BusException">The bus went away; the event was not fired.</exception>
    /// <exception cref="BusException">The bus went away; the event may have been fired. It is not sent again.</exception>
    public async Task<byte[]> FireAsync(string tag, PayloadMap data, CancellationToken token = default)
    {
        EventCodec.CheckTag(tag);
        var hasStamp = Endpoint.Protocol.IsFramed || await FindTagFormAsync(token: token).ConfigureAwait(false) != SaltTagForm.Padded;
        return await FireBodyAsync(EventCodec.Encode(tag, data, hasStamp ? DateTime.UtcNow : null, options.MaxEventBytes), token)
            .ConfigureAwait(false);
    }

    /// <summary>
    /// Fires an event's body: a tag, a blank line and a payload. On a ZeroMQ bus the tag gets the form that the options specify, and
    /// the payload is written in the msgpack of before 2013, where bytes are text and dates are text in ISO 8601.
    /// </summary>
    /// <returns>The body as sent, with a blank line after the tag.</returns>
    /// <exception cref="EventFormatException">The body has no tag; nothing was sent.</exception>
    /// <exception cref="BusException">The form of the tags on the bus could not be detected; nothing was sent.</exception>
    public async ValueTask<byte[]> FireBodyAsync(byte[] body, CancellationToken token = default)
    {
        EventCodec.CheckBody(body);
        if (Endpoint.Protocol.IsFramed)
        {
            await SendAsync(body, token).ConfigureAwait(false);
            return body;
        }

        body = EventCodec.WithOldMessagePack(body);
        var form = await FindTagFormAsync(token: token).ConfigureAwait(false);
        await SendAsync(EventCodec.ToZeroMq(body, form), token).ConfigureAwait(false);
        return body;
    }

    /// <summary>
    /// Ends the sending connection and waits until the bus has read everything, which it shows by closing its end.
    /// False if it did not within the time; the operating system has the bytes then.
    /// </summary>
    /// <exception cref="BusException">The bus went away with events unread.</exception>
    public Task<bool> CompleteAsync(TimeSpan wait, CancellationToken token = default) => pull.CompleteAsync(wait, token).AsTask();

    /// <summary>
    /// The error for events sent earlier whose connection the bus broke with bytes unread; null if there are none. Reading clears it.
    /// </summary>
    public BusException? TakeUnconfirmed() => TakeUnconfirmedCount() is var frames and > 0 ? pull.DeliveryUnknown(frames) : null;

    /// <inheritdoc/>
    public void Dispose() => pull.Dispose();

    /// <summary>How many events <see cref="TakeUnconfirmed"/> would report; reading clears it too.</summary>
    internal int TakeUnconfirmedCount() => pull.ReadAndResetUnconfirmed();

    /// <summary>How tags end on the ZeroMQ bus: as the options specify, otherwise as was found out, now or before.</summary>
    /// <param name="possible">The forms that are possible, given what else is known about the bus.</param>
    /// <param name="token">Ends it.</param>
    /// <exception cref="BusException">The bus publishes nothing that shows it.</exception>
    internal async Task<SaltTagForm> FindTagFormAsync(TagFormSet possible = TagFormSet.Any, CancellationToken token = default) =>
        options.TagForm ?? (foundForm ??= await TagFormDetector.FindAsync(Endpoint, possible, options, token).ConfigureAwait(false));

    private async ValueTask SendAsync(byte[] body, CancellationToken token)
    {
        ConnectionEnd? end = null;
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var known = await FindFramingAsync(await pull.ConnectAsync(token).ConfigureAwait(false), token).ConfigureAwait(false);
            var frame = new FrameBatch(FrameWriter.MaxFrameLength(body.Length));
            Endpoint.Protocol.Write(frame, body, known.Format);
            end = await pull.TrySendAsync(known.Connection, frame.All, token).ConfigureAwait(false);
            if (end is null)
            {
                return;
            }
        }

        throw new BusException(
            BusReason.ConnectionLost,
            Endpoint.Pull,
            $"The bus at {Endpoint.Pull} went away while the event was sent, twice; it was not fired ({end!.Cause?.Message ?? "it closed the connection"}).",
            end.Cause
        );
    }

    // The format in which the bus of that connection takes frames. It holds for the connection, unless a bus turns out to be another one.
    private async ValueTask<KnownFraming> FindFramingAsync(int connection, CancellationToken token)
    {
        if (framing is { } known && known.Connection == connection && known.Learnt == FramingDetector.Forgotten)
        {
            return known;
        }

        await finding.WaitAsync(token).ConfigureAwait(false);
        try
        {
            var learnt = FramingDetector.Forgotten;
            if (framing is not { } found || found.Connection != connection || found.Learnt != learnt)
            {
                framing = found = new KnownFraming(
                    connection,
                    learnt,
                    Endpoint.Protocol.IsFramed ? await FindFormatAsync(token).ConfigureAwait(false) : default
                );
            }

            return found;
        }
        finally
        {
            finding.Release();
        }
    }

    private async Task<FrameFormat> FindFormatAsync(CancellationToken token)
    {
        if (options.Format is { } given)
        {
            return given;
        }

        var found = FramingDetector.Find(Endpoint) ?? await FramingDetector.RunAsync(Endpoint, options, token).ConfigureAwait(false);
        IsFormatUnknown = found is null;
        return found ?? FrameFormat.Map;
    }

    private void ForgetFormat()
    {
        foundForm = null;
        FramingDetector.Forget(Endpoint);
    }

    private sealed record KnownFraming(int Connection, int Learnt, FrameFormat Format);
}
