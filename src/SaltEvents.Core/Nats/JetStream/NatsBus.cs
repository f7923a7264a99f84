using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.NKeys;
using SaltEvents.Core.Client;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Nats.JetStream;

/// <summary>One connection to NATS servers. It connects again when it is lost, to any of them.</summary>
internal sealed partial class NatsBus : INatsBus
{
    // A server that has just gone is asked for nothing long: another one may answer.
    private static readonly TimeSpan RetryTimeout = TimeSpan.FromSeconds(1.5);

    // Of a question, within the time limit.
    private const int Attempts = 4;
    private readonly List<CancellationTokenSource> calls = [];
    private readonly ServerConnector connector;
    private int disposed;

    public NatsBus(NatsBusOptions options)
    {
        Options = options;
        Secrets = new NatsSecrets(options);
        connector = new ServerConnector(options, Secrets);
        Connection = new NatsConnection(Translate(options));
        JetStream = new NatsJSContext(Connection, new NatsJSOpts(Connection.Opts, requestTimeout: options.Timeout));
        Connection.OnConnectingAsync = ChooseServerAsync;
        Connection.ServerError += OnServerErrorAsync;
        Connection.ConnectionDisconnected += OnDisconnectedAsync;
    }

    /// <inheritdoc/>
    public NatsBusOptions Options { get; }

    /// <summary>Whether requests are repeated if they are not answered: each waits only a short time.</summary>
    public bool IsRetrying { get; set; }

    /// <summary>What is not shown of what a server says.</summary>
    public NatsSecrets Secrets { get; }

    public NatsConnection Connection { get; }

    public NatsJSContext JetStream { get; }

    /// <inheritdoc/>
    public async Task ConnectAsync(CancellationToken token = default)
    {
        CheckKeyFile();
        try
        {
            await Connection.ConnectAsync().AsTask().WaitAsync(token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw connector.Problem ?? NatsErrors.FromConnecting(e, Options);
        }
    }

    /// <inheritdoc/>
    public async Task<string> CheckAsync(CancellationToken token = default)
    {
        await ConnectAsync(token).ConfigureAwait(false);
        var stream = await StreamSetup.GetAsync(this, token).ConfigureAwait(false);
        return string.Format(
            System.Globalization.CultureInfo.InvariantCulture,
            "{0}: {1}, {2}, kept for {3}, on {4}",
            Options.Stream,
            Counted.Of(stream.State.Messages, "event"),
            Counted.Of(stream.State.Bytes, "byte"),
            stream.Config.MaxAge,
            Counted.Of(stream.Config.NumReplicas, "server")
        );
    }

    /// <inheritdoc/>
    public string Server =>
        Connection.ServerInfo is { } info
            ? $"{(info.Name == info.Id ? string.Empty : info.Name + " at ")}{info.Host}:{info.Port}, nats-server {info.Version}"
            : string.Empty;

    /// <inheritdoc/>
    public async Task<IEventSubscription> SubscribeAsync(
        TagFilter filter,
        EventBusClientOptions options,
        NatsReadOptions read,
        CancellationToken token = default
    )
    {
        await ConnectAsync(token).ConfigureAwait(false);
        var subscription = new StoredSubscription(this, filter, options, isDurable: read.Durable is not null);
        try
        {
            await new StreamReader(this, subscription, filter, read).StartAsync(token).ConfigureAwait(false);
            return subscription;
        }
        catch
        {
            await subscription.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task FireAsync(string site, ReadOnlyMemory<byte> body, TimeSpan timeout, CancellationToken token = default)
    {
        await ConnectAsync(token).ConfigureAwait(false);
        await FireRequest.SendAsync(this, site, body, timeout, token).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<IEventRelay> StartRelayAsync(BusEndpoint bus, EventRelayOptions options, CancellationToken token = default)
    {
        await ConnectAsync(token).ConfigureAwait(false);
        return await EventRelay.StartAsync(this, bus, options, token).ConfigureAwait(false);
    }

    /// <summary>Makes a request; what the server says of missing rights ends it.</summary>
    /// <param name="what">What was tried, for the error, such as "The stream SALT was not read".</param>
    /// <param name="call">The request.</param>
    /// <param name="token">Ends the wait.</param>
    /// <exception cref="NatsBusException">It failed.</exception>
    /// <param name="timeout">How long it may take; null for the default.</param>
    public async Task<T> CallAsync<T>(
        string what,
        Func<CancellationToken, ValueTask<T>> call,
        CancellationToken token,
        TimeSpan? timeout = null
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        var time = timeout ?? (IsRetrying ? RetryTimeout : Options.Timeout);
        limit.CancelAfter(time);
        lock (calls)
        {
            violation = calls.Count == 0 ? null : violation;
            calls.Add(limit);
        }

        try
        {
            return await call(limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (!token.IsCancellationRequested)
        {
            throw NatsErrors.From(e, Options, what, violation ?? lostSubscription, time, connector.Refused);
        }
        finally
        {
            lock (calls)
            {
                calls.Remove(limit);
            }
        }
    }

    /// <summary>
    /// As <see cref="CallAsync"/>, for a question: it is asked several times. A server of a cluster that has just started loses what it is
    /// asked before it has found the others.
    /// </summary>
    public Task<T> AskAsync<T>(string what, Func<CancellationToken, ValueTask<T>> call, CancellationToken token) =>
        CallAsync(
            what,
            async limit =>
            {
                while (true)
                {
                    using var attempt = CancellationTokenSource.CreateLinkedTokenSource(limit);
                    attempt.CancelAfter(Options.Timeout / Attempts);
                    try
                    {
                        return await call(attempt.Token).ConfigureAwait(false);
                    }
                    catch (OperationCanceledException) when (!limit.IsCancellationRequested)
                    {
                        // It is asked again.
                    }
                }
            },
            token
        );

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0)
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await Connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Task.Run(() => DisposeAsync().AsTask()).GetAwaiter().GetResult();

    private NatsOpts Translate(NatsBusOptions options) =>
        new()
        {
            Url = string.Join(",", options.Servers.Select(s => s.GetLeftPart(UriPartial.Authority))),
            Name = "SaltEvents",
            // Each user has its own replies, so that the servers can keep others from reading them.
            InboxPrefix = options.UserName is { } user && NatsSubject.IsName(user) ? "_INBOX." + user : "_INBOX",
            AuthOpts = new NatsAuthOpts
            {
                Username = options.UserName,
                Password = NatsSecrets.Reveal(options.Password),
                Token = NatsSecrets.Reveal(options.Token),
                AuthCredCallback = options.NKeyFile is { } path
                    ? (_, _) => new ValueTask<NatsAuthCred>(NatsAuthCred.FromNkey(ReadSeed(path)))
                    : null,
                CredsFile = options.CredentialFile,
            },
            SocketConnectionFactory = connector,
            LoggerFactory = new ReadErrorLog(connector.Refuse),
            HeaderEncoding = Encoding.ASCII,
            ConnectTimeout = options.Timeout,
            RequestTimeout = options.Timeout,
            CommandTimeout = options.Timeout,
            ReconnectWaitMin = TimeSpan.FromMilliseconds(100),
            ReconnectWaitMax = TimeSpan.FromSeconds(2),
            MaxReconnectRetry = -1,
            IgnoreAuthErrorAbort = true,
            PingInterval = TimeSpan.FromSeconds(15),
            SuppressSlowConsumerWarnings = true,
        };

    // The client would only report it when it connects, among the reasons why it did not.
    private void CheckKeyFile()
    {
        if ((Options.NKeyFile ?? Options.CredentialFile) is not { } path)
        {
            return;
        }

        try
        {
            UnixFileStatus.ThrowIfPipe(path);
            using var file = File.OpenRead(path);
            using var key = Options.NKeyFile is null ? null : KeyPair.FromSeed(ReadSeed(path));
        }
        catch (Exception e) when (e is NKeysException or IndexOutOfRangeException or ArgumentException or FormatException)
        {
            throw new NatsBusException(
                NatsBusReason.KeyFileInvalid,
                $"{path} does not hold the seed of a user's nkey, which begins with SU. Create one with: nk -gen user.",
                e
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NatsBusException(
                NatsBusReason.KeyFileInvalid,
                $"The key file cannot be read: {e.Clause()}. Check its path, and that this account may read it.",
                e
            );
        }
    }

    // As nk writes it: the seed, and with it perhaps the public key.
    private static string ReadSeed(string path) =>
        File.ReadLines(path).Select(l => l.Trim()).FirstOrDefault(l => l.StartsWith("SU", StringComparison.Ordinal)) ?? string.Empty;
}
