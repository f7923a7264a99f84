using System;
using System.IO;
using System.Linq;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using NATS.Client.Core;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Nats.JetStream;

/// <summary>Connects to servers, with TLS where it is required or offered.</summary>
internal sealed class ServerConnector(NatsBusOptions options, NatsSecrets secrets) : INatsSocketConnectionFactory
{
    private readonly Backoff pause = new(TimeSpan.FromSeconds(2));
    private volatile ServerConnection? current;
    private volatile NatsBusException? problem;
    private volatile IOException? refused;
    private string? name; // of the last given server that had one

    /// <summary>Why the last attempt failed, where it is more than that nothing listens there; null if it did not.</summary>
    public NatsBusException? Problem => problem;

    /// <summary>What a server sent last that is not NATS or cannot be read, in words; null if none did.</summary>
    public string? Refused => refused?.Clause();

    /// <inheritdoc/>
    public async ValueTask<INatsSocketConnection> ConnectAsync(Uri uri, NatsOpts opts, CancellationToken cancellationToken)
    {
        if (refused is not null)
        {
            await Task.Delay(pause.Next(), cancellationToken).ConfigureAwait(false);
        }

        var server = $"{uri.Host}:{uri.Port}";
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(uri.IdnHost, uri.Port, cancellationToken).ConfigureAwait(false);
            var connection = new ServerConnection(new NetworkStream(socket, ownsSocket: true), server, secrets, e => refused = e);
            await IntroduceAsync(connection, uri, server, cancellationToken).ConfigureAwait(false);
            problem = null;
            return current = connection;
        }
        catch (Exception e)
        {
            var isConnected = socket.Connected;
            socket.Dispose();
            problem = e switch
            {
                NatsBusException own => own,
                SocketException failed when !isConnected && !NobodyListens(failed) => NatsErrors.Unreachable(options, failed.Clause(), failed),
                _ when !isConnected => problem,
                OperationCanceledException => NatsErrors.Silent(options, server, e),
                JsonException => NatsErrors.Unreachable(options, $"{server} does not speak NATS: its INFO is not JSON", e),
                _ => NatsErrors.Unreachable(options, e.Clause(), e),
            };
            throw;
        }
    }

    /// <summary>Ends the connection that the client cannot read: it would try again with the same bytes, and with all that follow.</summary>
    public void Refuse(IOException reason) => current?.Refuse(reason);

    private async Task IntroduceAsync(ServerConnection connection, Uri uri, string server, CancellationToken token)
    {
        using var info = JsonDocument.Parse(await connection.ReadInfoAsync(token).ConfigureAwait(false));
        if (IsSet(info, "tls_required") || IsSet(info, "tls_available"))
        {
            await EncryptAsync(connection, uri, token).ConfigureAwait(false);
        }
        else if (options.RequiresTls)
        {
            throw NatsErrors.WithoutTls(options);
        }
    }

    private async Task EncryptAsync(ServerConnection connection, Uri uri, CancellationToken token)
    {
        // Servers name others by their addresses, and certificates are for names.
        var isGiven = options.Servers.Any(s => s.IdnHost == uri.IdnHost);
        var isName = uri.HostNameType == UriHostNameType.Dns;
        name = isGiven && isName ? uri.IdnHost : name;
        var host = isGiven || isName ? uri.IdnHost : name ?? uri.IdnHost;
        var certificate = new ServerCertificate(new UriBuilder("tls", host).Uri, options.SkipsCertificateCheck);
        var encryption = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            RemoteCertificateValidationCallback = (_, shown, chain, errors) => certificate.Check(shown, chain, errors),
        };
        try
        {
            await connection.EncryptAsync(encryption, token).ConfigureAwait(false);
        }
        catch (AuthenticationException e)
        {
            throw NatsErrors.Untrusted(options, e, certificate.Problem);
        }
    }

    private static bool NobodyListens(SocketException failed) =>
        failed.SocketErrorCode is SocketError.ConnectionRefused or SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData;

    private static bool IsSet(JsonDocument info, string name) =>
        info.RootElement.ValueKind == JsonValueKind.Object
        && info.RootElement.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.True;
}
