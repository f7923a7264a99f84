#nullable enable
using System;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;

namespace SaltEvents.Tests;

/// <summary>
/// A stand-in for salt-api, on a port of the loopback interface, that answers as the recordings in tests/vectors. It knows one
/// user, "joe" with the password "secret".
/// </summary>
public sealed class FakeSaltApi : IDisposable
{
    private const string Welcome = "{\"return\": \"Welcome\", \"clients\": [\"local\", \"local_async\", \"runner\", \"runner_async\"]}";
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2? certificate;
    private readonly ConcurrentDictionary<FakeApiConnection, bool> streams = new();
    private readonly ConcurrentDictionary<FakeApiConnection, bool> connections = new();
    private int lastToken;

    public FakeSaltApi(bool tls = false)
    {
        certificate = tls ? NewCertificate() : null;
        listener.Start();
        Uri = new Uri($"{(tls ? "https" : "http")}://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}");
        _ = Task.Run(AcceptAsync);
    }

    public Uri Uri { get; }

    /// <summary>What was asked, in its order.</summary>
    public ConcurrentQueue<FakeApiRequest> Requests { get; } = new();

    /// <summary>The tokens that are known.</summary>
    public ConcurrentDictionary<string, bool> Tokens { get; } = new();

    /// <summary>What an expected token lasts, in seconds.</summary>
    public double TokenSeconds { get; set; } = 43200;

    /// <summary>Whether a sign-in with a token gives that token a new end, as rest_cherrypy does; rest_tornado gives another one.</summary>
    public bool RenewsTokens { get; set; } = true;

    /// <summary>Answers before the stand-in does, where it gives one: a whole answer, "hang" or "close".</summary>
    public Func<FakeApiRequest, string?> Override { get; set; } = _ => null;

    /// <summary>What the user may do, as JSON.</summary>
    public string Rights { get; set; } = "[\".*\", \"@runner\"]";

    /// <summary>The minions that a job reaches; each answers true.</summary>
    public string[] Minions { get; set; } = ["web01"];

    public int Streams => streams.Count;

    public static string Answer(int status, string type, string body) =>
        $"HTTP/1.1 {status} X\r\nContent-Type: {type}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nSet-Cookie: session_id=c; Path=/\r\n\r\n{body}";

    /// <summary>An error as CherryPy writes it.</summary>
    public static string Error(int status, string text) =>
        Answer(
            status,
            "text/html;charset=utf-8",
            $"<!DOCTYPE html>\n<html>\n<head><title>{status} X</title></head>\n<body>\n<h2>{status} X</h2>\n<p>{WebUtility.HtmlEncode(text)}</p>\n<pre id=\"traceback\"></pre>\n</body>\n</html>\n"
        );

    /// <summary>An event to all streams; the JSON is that of the data.</summary>
    public void Emit(string tag, string dataJson) =>
        EmitRaw($"tag: {tag}\n", $"data: {{\"data\": {dataJson}, \"tag\": {JsonValue.Create(tag)!.ToJsonString()}}}\n\n");

    /// <summary>Chunks to all streams.</summary>
    public void EmitRaw(params string[] chunks)
    {
        foreach (var stream in streams.Keys)
        {
            stream.SendChunks(chunks);
        }
    }

    /// <summary>Whole chunks, made beforehand, to all streams.</summary>
    public void EmitBytes(byte[] chunks)
    {
        foreach (var stream in streams.Keys)
        {
            stream.Send(chunks);
        }
    }

    /// <summary>Ends all streams: in order, as with a token that has expired, or as a process that is stopped.</summary>
    public void EndStreams(bool inOrder)
    {
        foreach (var stream in streams.Keys)
        {
            if (inOrder)
            {
                stream.Send("0\r\n\r\n");
            }

            streams.TryRemove(stream, out _);
            stream.Dispose();
        }
    }

    public void Dispose()
    {
        listener.Stop();
        foreach (var connection in connections.Keys)
        {
            connection.Dispose();
        }

        certificate?.Dispose();
    }

    private static X509Certificate2 NewCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var own = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
#pragma warning disable SYSLIB0057 // The loader that replaces it came with .NET 9, and Pester's tests compile this in PowerShell 7.4 too.
        return new X509Certificate2(own.Export(X509ContentType.Pfx));
#pragma warning restore SYSLIB0057
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync();
                _ = Task.Run(() => ServeAsync(client));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        Stream raw = client.GetStream();
        try
        {
            if (certificate is not null)
            {
                var secure = new SslStream(raw);
                await secure.AuthenticateAsServerAsync(certificate);
                raw = secure;
            }

            using var connection = new FakeApiConnection(client, raw);
            connections[connection] = true;
            while (await connection.ReadRequestAsync() is { } request)
            {
                Requests.Enqueue(request);
                if (!Serve(request, connection))
                {
                    await connection.Closed;
                    streams.TryRemove(connection, out _);
                    return;
                }
            }
        }
        catch (Exception e)
            when (e is IOException or ObjectDisposedException or SocketException or System.Security.Authentication.AuthenticationException)
        {
            // The client has gone.
        }
    }

    // False where the connection has nothing more to read.
    private bool Serve(FakeApiRequest request, FakeApiConnection connection)
    {
        var answer = Override(request) ?? Answer(request);
        switch (answer)
        {
            case "hang":
                return false;
            case "close":
                connection.Dispose();
                return false;
            case "stream":
                connection.Send(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream;charset=utf-8\r\nCache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n"
                );
                connection.SendChunks("retry: 400\n");
                streams[connection] = true;
                connection.WatchEnd();
                return false;
            default:
                connection.Send(answer);
                return true;
        }
    }

    private string Answer(FakeApiRequest request)
    {
        if (request.Method == "GET" && request.Path == "/")
        {
            return Answer(200, "application/json", Welcome);
        }

        if (request.Path == "/login")
        {
            return Login(request);
        }

        if (request.Token is not { } token || !Tokens.ContainsKey(token))
        {
            return Error(401, "No permission -- see authorization schemes");
        }

        return request.Path == "/events" ? "stream"
            : request.Path == "/" ? Run(request)
            : Error(404, $"The path '{request.Path}' was not found.");
    }

    private string Login(FakeApiRequest request)
    {
        var body = JsonNode.Parse(request.Body)!;
        if ((string?)body["username"] != "joe" || (string?)body["password"] != "secret" || (string?)body["eauth"] is not ("pam" or "file"))
        {
            return Error(401, "Could not authenticate using provided credentials");
        }

        var token =
            RenewsTokens && request.Token is { } old && Tokens.ContainsKey(old)
                ? old
                : Interlocked.Increment(ref lastToken).ToString("x40", System.Globalization.CultureInfo.InvariantCulture);
        Tokens[token] = true;
        var start = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
        return Answer(
            200,
            "application/json",
            FormattableString.Invariant(
                $"{{\"return\": [{{\"token\": \"{token}\", \"expire\": {start + TokenSeconds}, \"start\": {start}, \"user\": \"joe\", \"eauth\": \"pam\", \"perms\": {Rights}}}]}}"
            )
        );
    }

    private string Run(FakeApiRequest request)
    {
        var item = JsonNode.Parse(request.Body)!.AsArray()[0]!;
        var fun = (string?)item["fun"];
        if (fun == "manage.versions")
        {
            return Answer(200, "application/json", "{\"return\": [{\"Up to date\": {\"web01\": \"3008.5\"}, \"Master\": \"3008.5\"}]}");
        }

        if (fun == "event.send")
        {
            var data = item["data"]?.DeepClone().AsObject() ?? [];
            data["_stamp"] = DateTime.UtcNow.ToString(
                "yyyy-MM-dd'T'HH:mm:ss.ffffff'+00:00'",
                System.Globalization.CultureInfo.InvariantCulture
            );
            Emit((string)item["tag"]!, data.ToJsonString());
            return Answer(200, "application/json", "{\"return\": [true]}");
        }

        const string JobId = "20261127153221135727";
        if (Minions.Length == 0)
        {
            return Answer(200, "application/json", "{\"return\": [{}]}");
        }

        foreach (var minion in Minions)
        {
            Emit(
                $"salt/job/{JobId}/ret/{minion}",
                $"{{\"id\": \"{minion}\", \"jid\": \"{JobId}\", \"return\": true, \"retcode\": 0, \"fun\": \"event.fire\"}}"
            );
        }

        return Answer(
            200,
            "application/json",
            $"{{\"return\": [{{\"jid\": \"{JobId}\", \"minions\": [{string.Join(", ", Minions.Select(m => $"\"{m}\""))}]}}]}}"
        );
    }
}
