using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Api;

/// <summary>
/// HTTP as every salt-api takes it: exactly <c>Accept: application/json</c>, a Content-Length with every body, no cookies, no
/// redirects, and with its own limits for time and size.
/// </summary>
internal sealed class SaltApiHttp : IDisposable
{
    private const int MaxAnswerBytes = 64 * 1024 * 1024;
    private readonly HttpClient http;
    private readonly SaltApiOptions options;
    private readonly Uri root;
    private readonly ServerCertificate certificate;

    public SaltApiHttp(SaltApiOptions options)
    {
        this.options = options;
        CheckAddress(options.Uri);
        root = new Uri(options.Uri.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/");
        CheckScheme();
        certificate = new ServerCertificate(root, options.SkipsCertificateCheck);
        http = new HttpClient(HttpHandlers.Create(root, certificate.Check)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Sends a request and reads its answer.</summary>
    /// <param name="path">Below the base address.</param>
    /// <param name="body">JSON to post; null gets.</param>
    /// <param name="token">Sent as X-Auth-Token; null for none.</param>
    /// <param name="timeout">How long the answer may take.</param>
    /// <param name="stop">Ends it.</param>
    /// <param name="password">That in the body; null for none. No error shows it.</param>
    /// <exception cref="SaltApiException">There is no answer.</exception>
    public async Task<SaltApiAnswer> SendAsync(
        string path,
        byte[]? body,
        SaltApiToken? token,
        TimeSpan timeout,
        CancellationToken stop,
        string? password = null
    )
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(timeout);
        try
        {
            using var request = Request(path, body, token);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token)
                .ConfigureAwait(false);
            ThrowIfCompressed(response);
            return await ReadAsync(response, [token?.Value, password], deadline.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not SaltApiException)
        {
            stop.ThrowIfCancellationRequested();
            throw Translate(e, deadline.IsCancellationRequested, timeout);
        }
    }

    /// <summary>Opens the event stream: an answer that does not end.</summary>
    /// <exception cref="SaltApiException">It was refused, or there is no answer.</exception>
    public async Task<HttpResponseMessage> OpenEventsAsync(SaltApiToken token, TimeSpan timeout, CancellationToken stop)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(timeout);
        try
        {
            using var request = Request("events", null, token);
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token).ConfigureAwait(false);
            ThrowIfCompressed(response);
            if (
                response.StatusCode == HttpStatusCode.OK
                && response.Content.Headers.ContentType?.MediaType is { } type
                && type.Equals("text/event-stream", StringComparison.OrdinalIgnoreCase)
            )
            {
                return response;
            }

            using (response)
            {
                throw (await ReadAsync(response, [token.Value], deadline.Token).ConfigureAwait(false)).Error();
            }
        }
        catch (Exception e) when (e is not SaltApiException)
        {
            stop.ThrowIfCancellationRequested();
            throw Translate(e, deadline.IsCancellationRequested, timeout);
        }
    }

    /// <summary>How the connection is kept secret, in words.</summary>
    public string DescribeTls() => certificate.Describe();

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    // Compression was not asked for, and salt-api has none.
    private void ThrowIfCompressed(HttpResponseMessage response)
    {
        if (response.Content.Headers.ContentEncoding.FirstOrDefault(e => e != "identity") is { } encoding)
        {
            response.Dispose();
            throw new SaltApiException(
                SaltApiReason.NotSaltApi,
                $"The answer of {root} is compressed ({DisplayText.OneLine(encoding)}), which was not asked for. A proxy in between does so: have it pass on the answers of salt-api as they are."
            );
        }
    }

    private static bool IsTls(Exception e) =>
        e is AuthenticationException or WebException { Status: WebExceptionStatus.TrustFailure or WebExceptionStatus.SecureChannelFailure };

    private static IEnumerable<Exception> Causes(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
        {
            yield return e;
        }
    }

    private HttpRequestMessage Request(string path, byte[]? body, SaltApiToken? token)
    {
        var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, new Uri(root, path));
        request.Version = HttpVersion.Version11;
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.ExpectContinue = false;
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Auth-Token", token.Value);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Content.Headers.ContentLength = body.Length;
        }

        return request;
    }

    private async Task<SaltApiAnswer> ReadAsync(HttpResponseMessage response, string?[] secrets, CancellationToken token)
    {
        using var body = new MemoryStream();
        using var stream = await response.Content.ReadAsStreamAsync().ConfigureAwait(false);
        using var abort = token.Register(response.Dispose); // .NET Framework does not end a read by its token
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await StreamIO.ReadAsync(stream, new ArraySegment<byte>(buffer), token).ConfigureAwait(false)) > 0)
        {
            body.Write(buffer, 0, count);
            if (body.Length > MaxAnswerBytes)
            {
                throw new SaltApiException(
                    SaltApiReason.NotSaltApi,
                    $"The answer of {root} has more than {MaxAnswerBytes} bytes and was not read any further."
                );
            }
        }

        return new SaltApiAnswer(
            root,
            (int)response.StatusCode,
            response.Content.Headers.ContentType?.MediaType?.ToLowerInvariant(),
            body.ToArray()
        )
        {
            Location = response.Headers.Location,
            Secrets = secrets.OfType<string>().Where(s => s.Length > 0).ToArray(),
        };
    }

    private SaltApiException Translate(Exception e, bool isOverdue, TimeSpan timeout)
    {
        if (isOverdue || e is OperationCanceledException)
        {
            return new SaltApiException(
                SaltApiReason.NotAnswering,
                string.Format(CultureInfo.InvariantCulture, "salt-api at {0} did not answer within {1:0.#} s.", root, timeout.TotalSeconds),
                e
            );
        }

        if (Causes(e).LastOrDefault(IsTls) is { } tls)
        {
            return new SaltApiException(
                SaltApiReason.TlsFailed,
                certificate.Problem is { } problem
                    ? $"The server at {root} cannot be trusted: {problem}; or give -SkipCertificateCheck if you trust the server."
                    : $"The server at {root} does not use a TLS version that this computer accepts: {tls.Clause()}. Is it http, or another port?",
                e
            );
        }

        var socket = Causes(e).OfType<SocketException>().FirstOrDefault();
        var cause = (Causes(e).LastOrDefault() ?? e).Clause();
        if (Causes(e).Any(HttpHandlers.IsOtherProtocol))
        {
            return new SaltApiException(
                SaltApiReason.NotSaltApi,
                $"What answers at {root} does not speak HTTP/1.1, as salt-api does: {cause}. Check the port, and that a proxy in between accepts HTTP/1.1 too.",
                e
            );
        }

        var proxy = HttpHandlers.FindProxy(root);
        return new SaltApiException(
            SaltApiReason.Unreachable,
            proxy is not null ? DescribeProxy(proxy, cause) : socket?.SocketErrorCode switch
            {
                SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain =>
                    $"The host {root.Host} is not known: {cause}. Check its name in -Uri, and name resolution on this computer.",
                SocketError.ConnectionRefused => $"Nothing listens at {root}. Does salt-api run there?",
                _ => $"The connection to {root} failed: {cause}.",
            },
            proxy is null ? e : null // its message may have the password of the proxy
        )
        {
            MayHaveArrived =
                socket is null
                || socket.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown,
        };
    }

    private string DescribeProxy(Uri proxy, string cause)
    {
        var shown = proxy.UserInfo.Length == 0 ? cause : cause.Replace(proxy.UserInfo + "@", string.Empty);
        return $"The connection to {root} through the proxy {ApiAddress.Show(proxy)} failed: {shown.TrimEnd('"', '.')}. HTTP_PROXY and HTTPS_PROXY, or the system, set the proxy; NO_PROXY names the hosts that are reached without it.";
    }

    private static void CheckAddress(Uri address)
    {
        if (!ApiAddress.IsHttp(address))
        {
            throw new SaltApiException(
                SaltApiReason.NotSaltApi,
                $"The address {ApiAddress.Show(address)} is none of a salt-api or of NATS servers. Give one such as https://master:8000 or nats://a,b,c."
            );
        }

        if (address.UserInfo.Length > 0)
        {
            throw new SaltApiException(
                SaltApiReason.NotSaltApi,
                $"The address of salt-api at {address.Host} has a user in it. Leave it out, and give -Credential."
            );
        }

        if (address.Query.Length > 0 || address.Fragment.Length > 0)
        {
            throw new SaltApiException(
                SaltApiReason.NotSaltApi,
                $"The address of salt-api at {address.Host} has more after its path, which salt-api does not take. Leave it out; a token goes with -Token."
            );
        }
    }

    private void CheckScheme()
    {
        if (root.Scheme == Uri.UriSchemeHttp && !root.IsLoopback && !options.AllowsUnencrypted)
        {
            throw new SaltApiException(
                SaltApiReason.Unencrypted,
                $"{root} is not encrypted: everybody on the network path could read the password and all events. Use https, or give -AllowUnencryptedAuthentication."
            );
        }
    }
}
