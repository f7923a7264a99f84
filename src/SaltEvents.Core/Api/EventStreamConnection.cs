using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Api;

/// <summary>One open event stream. It is watched while it is silent: idle and dead look alike.</summary>
internal sealed class EventStreamConnection : IDisposable
{
    /// <summary>What else may keep a stream from starting.</summary>
    internal const string ProxyAdvice = " Or a proxy in between holds the event stream back: have it pass on at once what it gets (nginx: proxy_buffering off).";

    private readonly HttpResponseMessage response;
    private readonly Stream body;
    private readonly EventStreamReader reader;
    private readonly Stopwatch silence = Stopwatch.StartNew();
    private readonly CancellationTokenSource ended = new();
    private SaltApiToken token; // that of the stream, with the end that it has now
    private SaltApiException? death;

    private EventStreamConnection(HttpResponseMessage response, SaltApiToken token, Stream body, int maxEventBytes)
    {
        this.response = response;
        this.token = token;
        this.body = body;
        reader = new EventStreamReader(maxEventBytes);
    }

    /// <summary>
    /// Opens a stream and waits until salt-api has said that it listens to its master's bus: from then on nothing is missed.
    /// </summary>
    /// <exception cref="SaltApiException">It cannot be opened.</exception>
    public static async Task<EventStreamConnection> OpenAsync(SaltApiClient client, CancellationToken stop)
    {
        var (response, token) = await client.OpenEventsAsync(stop).ConfigureAwait(false);
        var connection = new EventStreamConnection(
            response,
            token,
            await response.Content.ReadAsStreamAsync().ConfigureAwait(false),
            client.Options.MaxEventBytes
        );
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(client.Options.Timeout);
        try
        {
            while (!connection.reader.HasStarted)
            {
                if (!await connection.FillAsync(deadline.Token).ConfigureAwait(false))
                {
                    throw new SaltApiException(SaltApiReason.Unreachable, $"The event stream of {client.Options.Uri} ended at once.");
                }
            }

            return connection.reader.IsRewritten
                ? throw new SaltApiException(
                    SaltApiReason.NotSaltApi,
                    $"The lines of the event stream of {client.Options.Uri} end otherwise than salt-api ends them. A proxy in between rewrites them: have it pass on the answers of salt-api as they are."
                )
                : connection;
        }
        catch (Exception e)
        {
            connection.Dispose();
            stop.ThrowIfCancellationRequested();
            throw e is SaltApiException
                ? e
                : new SaltApiException(
                    SaltApiReason.NotAnswering,
                    deadline.IsCancellationRequested
                        ? $"The event stream of {client.Options.Uri} was opened but did not start within {client.Options.Timeout.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s: salt-api is busy.{ProxyAdvice}"
                        : $"The event stream of {client.Options.Uri} was opened but did not start: {e.Clause()}.",
                    e
                );
        }
    }

    /// <summary>Takes the JSON of the next event that has arrived: see <see cref="EventStreamReader.TryRead"/>.</summary>
    public bool TryRead(out ReadOnlySpan<byte> json) => reader.TryRead(out json);

    /// <summary>Waits for more; false if the stream has ended.</summary>
    /// <exception cref="IOException">The connection broke; also other errors of .NET's HTTP, and those of
    /// <see cref="WatchAsync"/>.</exception>
    public async Task<bool> FillAsync(CancellationToken stop)
    {
        var free = reader.GetBuffer();
        int count;
        using (stop.Register(response.Dispose)) // .NET Framework does not end a read by its token
        {
            try
            {
                count = await StreamIO.ReadAsync(body, free, stop).ConfigureAwait(false);
            }
            catch (Exception) when (Volatile.Read(ref death) is not null)
            {
                throw death!;
            }
        }

        silence.Restart();
        reader.Advance(count);
        return count > 0;
    }

    /// <summary>
    /// Watches the stream until it is disposed: asks salt-api for its index, which costs it nothing, if nothing has arrived for a
    /// while. A salt-api that is gone ends the stream. One that accepts the connection and does not answer may only be busy,
    /// and a stream that is given up then may find no thread: this is reported, and the stream stays open. It also renews the token
    /// in time. Where another one comes in its place, the stream is ended before the token is: rest_tornado would keep it open and
    /// send nothing more (salt/netapi/rest_tornado/saltnado.py, EventsSaltAPIHandler.get, 3007.8).
    /// </summary>
    /// <param name="client">The client.</param>
    /// <param name="report">Called with an error if the server does not answer, and with null once it does again.</param>
    public async Task WatchAsync(SaltApiClient client, Action<SaltApiException?> report)
    {
        var (isSilent, isRenewed) = (false, true);
        try
        {
            while (true)
            {
                await Task.Delay(isSilent || !isRenewed ? client.Options.IdleTime : NextCheck(client), ended.Token)
                    .ConfigureAwait(false);
                var problem = silence.Elapsed < client.Options.IdleTime ? null : await ProbeAsync(client).ConfigureAwait(false);
                if (problem is { Reason: SaltApiReason.Unreachable or SaltApiReason.TlsFailed })
                {
                    Close(problem);
                    return;
                }

                if (isSilent != problem is not null)
                {
                    isSilent = problem is not null;
                    report(problem);
                }

                isRenewed = !isSilent && await RenewAsync(client).ConfigureAwait(false);
                if (isRenewed && token.IsDue && client.CanSignIn && client.Token is { } current && current.Value != token.Value)
                {
                    Close(
                        new SaltApiException(
                            SaltApiReason.TokenRefused,
                            "its token is about to expire, and salt-api has given another one in its place."
                        )
                    );
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The stream has ended.
        }
    }

    /// <summary>Why the stream ended, in words, as far as it is known.</summary>
    /// <param name="error">The exception from reading it; null if the server ended it normally.</param>
    /// <param name="tag">The tag of the event that ended it; null where none did.</param>
    public string DescribeEnd(Exception? error, out string? tag)
    {
        tag = reader.TagWithoutData;
        return tag is not null ? $"salt-api cannot send the event {tag}, which contains bytes or a date, and closed the stream"
            : error is null && reader.IsInLine
                ? "the stream ended in the middle of an event: salt-api was stopped, or something on the network path closed it"
            : error is null ? "salt-api ended the stream, as it does when the token has expired"
            : error is SaltApiException && error.Clause() is var clause ? char.ToLowerInvariant(clause[0]) + clause.Substring(1)
            : "the connection broke: salt-api was stopped or restarted, or something on the network path closed it";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ended.Cancel();
        response.Dispose();
    }

    private TimeSpan NextCheck(SaltApiClient client)
    {
        var idle = client.Options.IdleTime;
        var due = client.CanSignIn ? token.DueIn ?? idle : idle;
        return due > idle ? idle : due > TimeSpan.Zero ? due : TimeSpan.Zero;
    }

    private void Close(SaltApiException reason)
    {
        death = reason;
        response.Dispose();
    }

    // A token that is not renewed is valid until it expires: then the stream ends, and that is reported. False to try again later.
    private async Task<bool> RenewAsync(SaltApiClient client)
    {
        try
        {
            await client.SignInAsync(ended.Token).ConfigureAwait(false);
        }
        catch (SaltApiException)
        {
            return false;
        }

        if (client.Token is { } current && current.Value == token.Value)
        {
            token = current;
        }

        return true;
    }

    private async Task<SaltApiException?> ProbeAsync(SaltApiClient client)
    {
        try
        {
            await client.GreetAsync(client.Options.ProbeTimeout, ended.Token).ConfigureAwait(false);
            return null;
        }
        catch (SaltApiException e)
        {
            return e.IsAnswer ? null : e; // behind a proxy the index may be another's
        }
    }
}
