using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Master;

namespace SaltEvents.Core.Api;

/// <summary>
/// Salt's own HTTP interface, salt-api: signs in, fires events and jobs, and listens over one stream for all subscriptions. The
/// token is kept, gets a new end when half of its time is over, and is replaced where salt-api does not know it any more. Safe
/// for several threads.
/// </summary>
public sealed partial class SaltApiClient : IDisposable
{
    private readonly SaltApiShared shared;

    /// <summary>A client; nothing is opened yet.</summary>
    /// <exception cref="SaltApiException">The address is not an https address and was not allowed.</exception>
    public SaltApiClient(SaltApiOptions options)
    {
        Options = options ?? throw new ArgumentNullException(nameof(options));
        shared = new SaltApiShared(options, this);
    }

    private SaltApiClient(SaltApiOptions options, SaltApiShared shared)
    {
        Options = options;
        this.shared = shared;
    }

    /// <summary>The address of the salt-api and its user.</summary>
    public SaltApiOptions Options { get; }

    /// <summary>What the user may do, as salt-api reports at the sign-in; null before it, and with a given token.</summary>
    internal SaltApiRights? Rights => shared.Token?.Rights;

    /// <summary>How long the token is valid; null if that is not known.</summary>
    internal TimeSpan? TokenLifetime => shared.Token?.Lifetime;

    /// <summary>The token of the moment; null before the sign-in.</summary>
    internal SaltApiToken? Token => shared.Token;

    /// <summary>Whether a lost token can be replaced.</summary>
    internal bool CanSignIn => Options.Token is null && Options.UserName is not null;

    private TimeSpan Timeout => Options.Timeout;

    /// <summary>Subscribes: events that match are kept from here on, until the subscription is disposed.</summary>
    /// <exception cref="SaltApiException">It cannot be listened there.</exception>
    public Task<SaltApiSubscription> SubscribeAsync(
        TagFilter filter,
        Client.EventBusClientOptions options,
        CancellationToken stop = default
    ) => shared.Stream.SubscribeAsync(this, filter, options, stop);

    /// <summary>
    /// Fires an event on the master, through the runner event.send: the same tag and the same data, stamped by the master.
    /// </summary>
    /// <exception cref="InvalidEventException">Salt or JSON cannot carry the event; nothing was sent.</exception>
    /// <exception cref="SaltApiException">It was not fired, or it is not known.</exception>
    public async Task FireAsync(string tag, PayloadMap data, CancellationToken stop = default)
    {
        EventCodec.CheckTag(tag);
        using var answer = await RunAsync(
            json =>
            {
                json.WriteString("client", "runner");
                json.WriteString("fun", "event.send");
                json.WriteString("tag", Encoding.UTF8.GetBytes(tag));
                json.WritePropertyName("data");
                JsonRequest.WriteValue(json, data);
            },
            stop).ConfigureAwait(false);
        var result = FirstReturn(answer);
        if (result?.ValueKind != JsonValueKind.True)
        {
            throw Refusal($"The master did not fire the event {tag}", result);
        }
    }

    /// <summary>Publishes a job of event.fire: the minions that match fire the event on their own buses.</summary>
    /// <exception cref="InvalidEventException">Salt or JSON cannot carry the event; nothing was sent.</exception>
    /// <exception cref="SaltApiException">It was not published, or it is not known.</exception>
    public async Task<PublishedJob> PublishAsync(
        string target,
        string targetType,
        string tag,
        PayloadMap data,
        CancellationToken stop = default
    )
    {
        EventCodec.CheckTag(tag);
        using var answer = await RunAsync(
            json =>
            {
                json.WriteString("client", "local_async");
                json.WriteString("fun", "event.fire");
                json.WriteString("tgt", target);
                json.WriteString("tgt_type", targetType);
                json.WriteStartArray("arg");
                JsonRequest.WriteValue(json, data);
                json.WriteStringValue(Encoding.UTF8.GetBytes(tag));
                json.WriteEndArray();
            },
            stop).ConfigureAwait(false);
        var result = FirstReturn(answer);
        if (
            result is not { ValueKind: JsonValueKind.Object } job
            || !job.TryGetProperty("jid", out var id)
            || id.ValueKind != JsonValueKind.String
        )
        {
            throw result is { ValueKind: JsonValueKind.Object }
                ? new SaltApiException(
                    SaltApiReason.NoMinionMatches,
                    $"No minion that the master knows matches {target}: nothing was published."
                )
                : Refusal("The master did not publish the job", result);
        }

        var minions =
            job.TryGetProperty("minions", out var named) && named.ValueKind == JsonValueKind.Array
                ? named.EnumerateArray().Select(m => m.ToString()).ToArray()
                : [];
        return new PublishedJob(
            id.GetString()!,
            minions,
            targetType == "list" ? target.Split(',').Select(m => m.Trim()).Except(minions, StringComparer.Ordinal).ToArray() : []
        );
    }

    /// <summary>The version of the master, by the runner manage.versions; null if the answer has none.</summary>
    /// <exception cref="SaltApiException">The user may not ask, or there is no answer.</exception>
    public async Task<string?> GetVersionAsync(CancellationToken stop = default)
    {
        using var answer = await RunAsync(
                json =>
                {
                    json.WriteString("client", "runner");
                    json.WriteString("fun", "manage.versions");
                },
                stop
            )
            .ConfigureAwait(false);
        return FirstReturn(answer) is { ValueKind: JsonValueKind.Object } versions && versions.TryGetProperty("Master", out var master)
            ? master.ToString()
            : null;
    }

    /// <summary>Asks salt-api for nothing, without a token: the kinds of requests that it takes, as far as it knows.</summary>
    /// <exception cref="SaltApiException">There is no answer, or none of a salt-api.</exception>
    public Task<IReadOnlyList<string>> GreetAsync(CancellationToken stop = default) => GreetAsync(Timeout, stop);

    /// <summary>Finds out whether salt-api is there: signs in; or, with a token that was given, asks for nothing.</summary>
    /// <exception cref="SaltApiException">It is not, or the user was refused.</exception>
    internal async Task ReachAsync(CancellationToken stop)
    {
        await SignInAsync(stop).ConfigureAwait(false);
        if (CanSignIn)
        {
            return;
        }

        try
        {
            await GreetAsync(stop).ConfigureAwait(false);
        }
        catch (SaltApiException e) when (e.IsAnswer)
        {
            // Behind a proxy the index may be another's.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => shared.Dispose();

    /// <summary>The same client, with the same token and the same stream, whose answers may take another time.</summary>
    internal SaltApiClient WithTimeout(TimeSpan timeout) =>
        timeout == Timeout ? this : new SaltApiClient(Options with { Timeout = timeout }, shared);

    internal async Task<IReadOnlyList<string>> GreetAsync(TimeSpan timeout, CancellationToken stop)
    {
        var answer = await shared.Http.SendAsync(string.Empty, null, null, timeout, stop).ConfigureAwait(false);
        using var document = answer.Parse();
        return
            document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty("clients", out var clients)
            && clients.ValueKind == JsonValueKind.Array
            ? clients.EnumerateArray().Select(c => c.ToString()).ToArray()
            : throw new SaltApiException(
                SaltApiReason.NotSaltApi,
                $"The server at {Options.Uri} is not a salt-api: it does not list its clients."
            );
    }

    /// <summary>How the connection is kept secret, in words.</summary>
    internal string DescribeTls() => shared.Http.DescribeTls();

    /// <summary>Opens the event stream.</summary>
    /// <returns>The answer, and the token that it was opened with.</returns>
    /// <exception cref="SaltApiException">It cannot be opened.</exception>
    internal async Task<(HttpResponseMessage Response, SaltApiToken Token)> OpenEventsAsync(CancellationToken stop)
    {
        try
        {
            return await WithTokenAsync(
                    async current => (await shared.Http.OpenEventsAsync(current, Timeout, stop).ConfigureAwait(false), current),
                    stop
                )
                .ConfigureAwait(false);
        }
        catch (SaltApiException e) when (e.Reason == SaltApiReason.NotAnswering)
        {
            throw await ExplainSilenceAsync(e, stop, EventStreamConnection.ProxyAdvice).ConfigureAwait(false);
        }
    }

    private async Task<JsonDocument> RunAsync(Action<Utf8JsonWriter> item, CancellationToken stop)
    {
        var body = JsonRequest.Write(json =>
        {
            json.WriteStartArray();
            json.WriteStartObject();
            item(json);
            json.WriteEndObject();
            json.WriteEndArray();
        });
        await TokenAsync(stop).ConfigureAwait(false); // so that what fails from here on is the request itself
        try
        {
            return await WithTokenAsync(
                    async current =>
                        (await shared.Http.SendAsync(string.Empty, body, current, Timeout, stop).ConfigureAwait(false)).Parse(),
                    stop
                )
                .ConfigureAwait(false);
        }
        catch (SaltApiException e) when (e.MayHaveArrived)
        {
            throw new SaltApiException(
                SaltApiReason.DeliveryUnknown,
                $"{e.Message} The request may have been carried out; it is not sent again.",
                e
            );
        }
        catch (SaltApiException e) when (e.Reason == SaltApiReason.NotAnswering)
        {
            var why = await ExplainSilenceAsync(e, stop).ConfigureAwait(false);
            throw new SaltApiException(
                SaltApiReason.DeliveryUnknown,
                $"{why.Message} The request may have been carried out; it is not sent again.",
                e
            );
        }
    }
}
