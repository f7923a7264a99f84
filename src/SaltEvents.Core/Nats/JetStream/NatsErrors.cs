using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using NATS.Client.Core;
using NATS.Client.JetStream;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Nats.JetStream;

/// <summary>Makes one kind of error of what the NATS client throws.</summary>
internal static class NatsErrors
{
    // Numbers of the server's JetStream errors (nats-server/server/errors.json, 2.9.10).
    public const int WrongLastMessageId = 10070;
    public const int MessageTooLarge = 10054;
    public const int ReplicasNeedCluster = 10074;
    public const int NoSuitablePeers = 10005;
    public const int StreamNameInUse = 10058;
    public const int ExpectedStreamMismatch = 10060;
    private const int StreamNotFound = 10059;
    private const int AccountLimit = 10002;
    private const int NoResources = 10023;
    private const int NoStorage = 10047;
    private const int ConsumerLimit = 10026;
    private const int StreamLimit = 10027;
    private const int SubjectsOverlap = 10065;
    private const int FilterNotSubset = 10093;
    private const int Unavailable = 10008;
    private const int NotEnabled = 10076;
    private const int NotEnabledForAccount = 10039;

    /// <summary>What went wrong with a request.</summary>
    /// <param name="error">The exception of the client.</param>
    /// <param name="options">The servers.</param>
    /// <param name="what">What was tried, such as "The stream SALT was not read".</param>
    /// <param name="violation">What the server reported about missing permissions meanwhile; null if nothing.</param>
    /// <param name="limit">How long the answer could take; null for the default.</param>
    /// <param name="refused">What a server sent that is not NATS; null if nothing.</param>
    public static NatsBusException From(
        Exception error,
        NatsBusOptions options,
        string what,
        string? violation,
        TimeSpan? limit = null,
        string? refused = null
    ) =>
        error switch
        {
            NatsBusException own => own,
            _ when violation is not null => new NatsBusException(
                NatsBusReason.NotAuthorized,
                $"{what}: the user has no permission for it at {options.ServerList} ({violation}).",
                error
            ),
            NatsJSApiException api => FromApi(api, options, what),
            NatsNoRespondersException or NatsJSApiNoResponseException or NatsJSPublishNoResponseException => new NatsBusException(
                NatsBusReason.JetStreamUnavailable,
                $"{what}: JetStream does not answer at {options.ServerList}. It may be disabled there, or have no leader at present.",
                error
            ),
            NatsNoReplyException or OperationCanceledException or TimeoutException or NatsTimeoutException or NatsJSTimeoutException =>
                new NatsBusException(
                    NatsBusReason.NotAnswering,
                    FormattableString.Invariant($"{what}: {options.ServerList} did not answer within {(limit ?? options.Timeout).TotalSeconds:0.###} s{(refused is null ? string.Empty : $" ({refused})")}."),
                    error
                ),
            NatsPayloadTooLargeException => new NatsBusException(
                NatsBusReason.TooLarge,
                $"{what}: it is larger than the server accepts (max_payload).",
                error
            ),
            _ => new NatsBusException(NatsBusReason.Failed, $"{what}: {error.Clause()}.", error),
        };

    /// <summary>Why no connection could be made.</summary>
    /// <param name="error">The exception of the client.</param>
    /// <param name="options">The servers.</param>
    public static NatsBusException FromConnecting(Exception error, NatsBusOptions options)
    {
        var causes = Causes(error).ToArray();
        var text = causes[causes.Length - 1].Clause();
        if (causes.OfType<NatsServerException>().FirstOrDefault(e => e.IsAuthError) is not null)
        {
            return new NatsBusException(NatsBusReason.AuthenticationFailed, DescribeRefusal(options), error);
        }

        if (causes.Any(e => e is TimeoutException))
        {
            return new NatsBusException(
                NatsBusReason.NotAnswering,
                FormattableString.Invariant($"{options.ServerList} did not answer the sign-in within {options.Timeout.TotalSeconds:0.###} s."),
                error
            );
        }

        if (causes.Any(e => e.Message.Contains("alert", StringComparison.Ordinal) && e.Message.Contains("certificate", StringComparison.Ordinal)))
        {
            return new NatsBusException(
                NatsBusReason.TlsFailed,
                $"A server of {options.ServerList} requires a certificate of the client (verify of its tls), which cannot be given here. Use a server that signs clients in by user, token or nkey.",
                error
            );
        }

        return
            causes.Any(e => e is FileNotFoundException or UnauthorizedAccessException)
            || causes.Any(e =>
                e.Message.Contains("creds", StringComparison.OrdinalIgnoreCase)
                || e.Message.Contains("nkey", StringComparison.OrdinalIgnoreCase)
            )
            ? new NatsBusException(
                NatsBusReason.KeyFileInvalid,
                options.CredentialFile is { } file
                    ? $"{file} does not hold the credentials of a user: {text}. Create such a file with: nsc generate creds."
                    : $"The key of {options.NKeyFile} cannot be used: {text}. Create one with: nk -gen user.",
                error
            )
            : Unreachable(options, text, error);
    }

    /// <summary>No server can be reached.</summary>
    public static NatsBusException Unreachable(NatsBusOptions options, string why, Exception error) =>
        new(NatsBusReason.Unreachable, DescribeUnreachable(options, why), error);

    /// <summary>A server that sends nothing to one who has connected.</summary>
    public static NatsBusException Silent(NatsBusOptions options, string server, Exception error) =>
        Unreachable(
            options,
            FormattableString.Invariant($"{server} sent no INFO within {options.Timeout.TotalSeconds:0.###} s, so it does not speak NATS, or begins with TLS (handshake_first)"),
            error
        );

    /// <summary>A server without TLS where it is required.</summary>
    public static NatsBusException WithoutTls(NatsBusOptions options) =>
        new(
            NatsBusReason.TlsFailed,
            options.Servers.Any(s => s.Scheme == "tls")
                ? $"A server of {options.ServerList} has no TLS, which the scheme tls requires. Set TLS up on each server, or give nats://."
                : $"A server of {options.ServerList} has no TLS, which is required where one is another computer: everybody on the way could read the password and all events. Set TLS up on each server, or give -AllowUnencryptedAuthentication."
        );

    /// <summary>TLS that failed.</summary>
    /// <param name="options">The servers.</param>
    /// <param name="error">The exception of .NET.</param>
    /// <param name="certificate">What is wrong with the server's certificate, and what to do; null if that is not known.</param>
    public static NatsBusException Untrusted(NatsBusOptions options, Exception error, string? certificate) =>
        new(
            NatsBusReason.TlsFailed,
            $"There is no trusted TLS connection to {options.ServerList}: {certificate ?? $"{error.Clause()}. Have this computer trust the issuer of the certificate"}, or give -SkipCertificateCheck if you trust the server.",
            error
        );

    private static NatsBusException FromApi(NatsJSApiException error, NatsBusOptions options, string what)
    {
        var text = new NatsSecrets(options).Mask(error.Clause());
        var inner = text == error.Clause() ? error : null;
        return error.Error.ErrCode switch
        {
            StreamNotFound => new NatsBusException(
                NatsBusReason.StreamNotFound,
                $"{what}: there is no stream {options.Stream} at {options.ServerList}. The first relay creates it: Start-SaltEventRelay.",
                inner
            ),
            Unavailable or NotEnabled or NotEnabledForAccount => new NatsBusException(
                NatsBusReason.JetStreamUnavailable,
                $"{what}: JetStream is not available at {options.ServerList} ({text}).",
                inner
            ),
            _ => new NatsBusException(
                NatsBusReason.Failed,
                $"{what}: {options.ServerList} answered: {text}.{Advise(error.Error.ErrCode)}",
                inner
            ),
        };
    }

    /// <summary>What to do about a limit of the servers, as a sentence after a space; empty if nothing is known.</summary>
    public static string Advise(int errorCode) =>
        errorCode switch
        {
            AccountLimit => " Raise the limits of the account in the configuration of the servers, or lower those of the stream (max_bytes, max_age).",
            NoResources or NoStorage =>
                " The servers have no storage left: free some, raise max_file_store, or lower the limits of the stream (max_bytes, max_age).",
            ConsumerLimit =>
                " A listener uses a few consumers in its first minute and one from then on, and each durable name keeps one: raise max_consumers of the account or the stream.",
            SubjectsOverlap =>
                $" Another stream stores subjects of {NatsSubject.AllEvents} already: give its name with -Stream, or first create this one with subjects that no other has, such as {NatsSubject.Events}.hq.>.",
            FilterNotSubset => " The stream stores no events of that -Site: give the -Stream that does.",
            StreamLimit => " Raise max_streams of the account, or give the -Stream that it has.",
            _ => string.Empty,
        };

    // The client only says "can not connect uris: ...", whatever the reason, or what a server has said.
    private static string DescribeUnreachable(NatsBusOptions options, string text)
    {
        const string refusal = "Server error: ";
        if (text.StartsWith(refusal, StringComparison.Ordinal))
        {
            return $"A server of {options.ServerList} refuses the connection: {text.Substring(refusal.Length)}. Its log has more; its limits, such as max_connections, are in its configuration.";
        }

        if (!text.StartsWith("can not connect", StringComparison.Ordinal))
        {
            return $"No NATS server can be reached at {options.ServerList}: {text}. Check the addresses, and that nats-server runs there.";
        }

        var unknown = options.Servers.Select(s => s.IdnHost).FirstOrDefault(h => !IsKnown(h));
        return unknown is null
            ? $"No NATS server can be reached at {options.ServerList}: nothing accepts a connection there. Check the addresses, that nats-server runs, and that no firewall is in between."
            : $"No NATS server can be reached at {options.ServerList}: the name {unknown} cannot be resolved. Check the name, and the DNS of this computer.";
    }

    // The client has just asked for the name, so the answer is there at once; one that takes longer is not waited for.
    private static bool IsKnown(string host)
    {
        try
        {
            _ = IPAddress.TryParse(host, out _) || BusConnector.ResolveAsync(host, CancellationToken.None).Wait(TimeSpan.FromMilliseconds(500));
            return true;
        }
        catch (AggregateException)
        {
            return false;
        }
    }

    /// <summary>The message for a server that refuses the credentials.</summary>
    public static string DescribeRefusal(NatsBusOptions options) =>
        $"{options.ServerList} refused {Describe(options)}. Check what is given here, and authorization in the configuration of the servers.";

    private static string Describe(NatsBusOptions options) =>
        options.UserName is not null ? $"the user {options.UserName} or the password"
        : options.Token is not null ? "the token"
        : options.NKeyFile is not null ? $"the nkey of {options.NKeyFile}"
        : options.CredentialFile is not null ? $"the credentials of {options.CredentialFile}"
        : "a connection without credentials (-Credential, -Token, -NKeyFile or -CredentialFile)";

    private static IEnumerable<Exception> Causes(Exception error)
    {
        for (Exception? e = error; e is not null; e = e.InnerException)
        {
            yield return e;
        }
    }
}
