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
    private readonly HttpResponseMessage response;
    private readonly Stream body;
    private readonly EventStreamReader reader;
    private readonly Stopwatch silence = Stopwatch.StartNew();
    private readonly CancellationTokenSource ended = new();
    private SaltApiException? death;

    private EventStreamConnection(HttpResponseMessage response, Stream body, int maxEventBytes)
    {
        this.response = response;
        this.body = body;
        reader = new EventStreamReader(maxEventBytes);
    }

    /// <summary>
    /// Opens a stream and waits until salt-api has said that it listens to its master's bus: from then on nothing is missed.
    /// </summary>
    /// <exception cref="SaltApiException">It cannot be opened.</exception>
    public static async Task<EventStreamConnection> OpenAsync(SaltApiClient client, CancellationToken stop)
    {
        var response = await client.OpenEventsAsync(stop).ConfigureAwait(false);
        var connection = new EventStreamConnection(
            response,
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
                        ? $"The event stream of {client.Options.Uri} was opened but did not start within {client.Options.Timeout.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s."
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
    /// and a stream that is given up then may find no thread: this is reported, and the stream stays open.
    /// </summary>
    /// <param name="client">The client.</param>
    /// <param name="report">Called with an error if the server does not answer, and with null once it does again.</param>
    public async Task WatchAsync(SaltApiClient client, Action<SaltApiException?> report)
    {
        var isSilent = false;
        try
        {
            while (true)
            {
                await Task.Delay(client.Options.IdleTime, ended.Token).ConfigureAwait(false);
                var problem = silence.Elapsed < client.Options.IdleTime ? null : await ProbeAsync(client).ConfigureAwait(false);
                if (problem is { Reason: SaltApiReason.Unreachable or SaltApiReason.TlsFailed })
                {
                    death = problem;
                    response.Dispose();
                    return;
                }

                if (isSilent != problem is not null)
                {
                    isSilent = problem is not null;
                    report(problem);
                }

                if (!isSilent)
                {
                    await RenewAsync(client).ConfigureAwait(false);
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
            : error is SaltApiException ? error.Clause()
            : "the connection broke: salt-api was stopped or restarted, or something on the network path closed it";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ended.Cancel();
        response.Dispose();
    }

    // A token that is not renewed is valid until it expires: then the stream ends, and that is reported.
    private async Task RenewAsync(SaltApiClient client)
    {
        try
        {
            await client.SignInAsync(ended.Token).ConfigureAwait(false);
        }
        catch (SaltApiException)
        {
            // Tried again.
        }
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
