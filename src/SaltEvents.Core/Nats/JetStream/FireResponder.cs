using System;
using System.Threading;
using System.Threading.Tasks;
using NATS.Client.Core;
using SaltEvents.Core.Client;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Nats.JetStream;

/// <summary>Fires events on the relay's bus at the request of others. If a site has several relays, one takes each request.</summary>
internal sealed class FireResponder(NatsBus bus, EventRelayOptions options, EventBusClient client) : IAsyncDisposable
{
    private const string Group = "salt-relay";
    private const string Inbox = "_INBOX."; // NatsBus gives every sender one below it
    private const int MaxTagInAnswer = 1024; // the server also limits the answer

    // The client reports what the server refuses by another thread than the answer to the ping after it.
    private static readonly TimeSpan RefusalDelay = TimeSpan.FromMilliseconds(100);
    private readonly TaskCompletionSource refusal = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource stop = new();
    private Task work = Task.CompletedTask;
    private long fired;
    private long refused;

    public long Fired => Interlocked.Read(ref fired);

    /// <summary>What keeps it from firing; null if nothing does.</summary>
    public string? Problem { get; private set; }

    public long Refused => Interlocked.Read(ref refused);

    /// <summary>Begins to take requests.</summary>
    public async Task StartAsync(CancellationToken token)
    {
        // Before it subscribes: the server may refuse at once.
        bus.Refused += OnRefused;
        bus.Connection.ConnectionOpened += OnOpenedAsync;
        var requests = await bus
            .Connection.SubscribeCoreAsync<byte[]>(
                $"{NatsSubject.Requests}.{options.Site}.>",
                Group,
                NatsRawSerializer<byte[]>.Default,
                cancellationToken: token
            )
            .ConfigureAwait(false);
        await bus.Connection.PingAsync(token).ConfigureAwait(false); // the server has the subscription now, or has refused it
        await Task.WhenAny(refusal.Task, Task.Delay(RefusalDelay, token)).ConfigureAwait(false);
        if (Problem is { } problem)
        {
            throw new NatsBusException(NatsBusReason.NotAuthorized, problem);
        }

        work = Task.Run(() => ServeAsync(requests), CancellationToken.None);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        bus.Refused -= OnRefused;
        bus.Connection.ConnectionOpened -= OnOpenedAsync;
        await stop.CancelAsync().ConfigureAwait(false);
        await work.ConfigureAwait(false);
    }

    private void OnRefused(string violation)
    {
        if (violation.Contains($"{NatsSubject.Requests}.{options.Site}.", StringComparison.Ordinal))
        {
            Problem =
                $"The user has no permission to take requests to fire events at site {options.Site} at {bus.Options.ServerList} ({violation}).";
            refusal.TrySetResult();
        }
    }

    // A new connection subscribes again.
    private ValueTask OnOpenedAsync(object? sender, NatsEventArgs e)
    {
        Problem = null;
        return default;
    }

    private async Task ServeAsync(INatsSub<byte[]> requests)
    {
        try
        {
            await using (requests.ConfigureAwait(false))
            {
                await foreach (var request in requests.Msgs.ReadAllAsync(stop.Token).ConfigureAwait(false))
                {
                    await ServeAsync(request).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or NatsException)
        {
            // Stopped, or the connection has been closed.
        }
    }

    private async Task ServeAsync(NatsMsg<byte[]> request)
    {
        // The server lets an answer go to any subject that a request names, whatever rights this user has: an empty message to
        // $JS.API.STREAM.DELETE.SALT deletes the stream.
        if (request.ReplyTo?.StartsWith(Inbox, StringComparison.Ordinal) == false)
        {
            Interlocked.Increment(ref refused);
            return;
        }

        var (result, message) = await FireAsync(request.Subject, request.Data ?? []).ConfigureAwait(false);
        Interlocked.Increment(ref result == FireResult.Fired ? ref fired : ref refused);
        if (request.ReplyTo is null)
        {
            return;
        }

        try
        {
            await request
                .ReplyAsync(
                    System.Text.Encoding.UTF8.GetBytes(message),
                    new NatsHeaders { [MessageHeaders.Result] = result.ToString() },
                    serializer: NatsRawSerializer<byte[]>.Default,
                    cancellationToken: stop.Token
                )
                .ConfigureAwait(false);
        }
        catch (Exception e) when (e is NatsException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            // The server has gone meanwhile. The sender gets the error that nothing answered; the next requests are served.
        }
    }

    private async Task<(FireResult Result, string Message)> FireAsync(string subject, byte[] body)
    {
        var tagLength = EventCodec.TagLength(body);
        if (tagLength <= 0 || !new SaltEvent(body, tagLength).Fields.IsMap)
        {
            return (FireResult.Malformed, "The request does not have an event with a tag and a map.");
        }

        var tag = TextSupport.Utf8(body.AsSpan(0, Math.Min(tagLength, MaxTagInAnswer)));
        // The server's rights go by the subject.
        if (NatsSubject.Format(NatsSubject.Requests, options.Site, body.AsSpan(0, tagLength)) != subject)
        {
            return (FireResult.Malformed, $"The subject of the request is not that of the tag {tag}.");
        }

        if (!options.Accepts!.IsMatch(body.AsSpan(0, tagLength)))
        {
            return (
                FireResult.NotAccepted,
                $"The relay of site {options.Site} does not accept the tag {tag}: its -Accept is {options.Accepts}."
            );
        }

        try
        {
            await client.FireBodyAsync(body, stop.Token).ConfigureAwait(false);
            return (FireResult.Fired, string.Empty);
        }
        catch (BusException e) when (e.Reason == BusReason.DeliveryUnknown)
        {
            return (FireResult.Unknown, e.Message);
        }
        catch (SaltEventException e)
        {
            return (FireResult.Failed, e.Message);
        }
    }
}
