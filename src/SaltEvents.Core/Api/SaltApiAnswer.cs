using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Text;
using System.Text.Json;

namespace SaltEvents.Core.Api;

/// <summary>An answer of salt-api, and what an unexpected one means.</summary>
internal sealed class SaltApiAnswer(Uri server, int status, string? mediaType, byte[] body)
{
    private const int MaxText = 500;

    public int Status { get; } = status;

    /// <summary>The target of a redirect; null if it is not a redirect, or cannot be read. Nothing is sent there.</summary>
    public Uri? Location { get; init; }

    /// <summary>The password and the token of the request: what repeats the request in its errors does not get them shown.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>Whether it is an answer to the request, in JSON.</summary>
    public bool IsJson => Status is >= 200 and < 300 && mediaType == "application/json";

    /// <summary>Parses it.</summary>
    /// <exception cref="SaltApiException">It is an error, or not from a salt-api.</exception>
    public JsonDocument Parse()
    {
        if (!IsJson)
        {
            throw Error();
        }

        try
        {
            return Document();
        }
        catch (JsonException e)
        {
            throw new SaltApiException(SaltApiReason.NotSaltApi, $"The answer of {server} is not JSON. Check that salt-api runs at this address.", e);
        }
    }

    /// <summary>The error that the answer reports.</summary>
    public SaltApiException Error() =>
        Status switch
        {
            401 => Unauthorized(),
            302 or 303 when IsSentToSignIn => new SaltApiException(
                SaltApiReason.TokenRefused,
                $"salt-api at {server} does not know this token: it redirects to its sign-in page."
            ), // rest_tornado
            301 or 302 or 303 or 307 or 308 => new SaltApiException(
                SaltApiReason.NotSaltApi,
                $"What answers at {server} sends on to {Target} ({Status}). Nothing was sent there: if it is the salt-api, give its address with -Uri."
            ),
            400 when Text.StartsWith("Client disabled", StringComparison.Ordinal) => new SaltApiException(
                SaltApiReason.ClientDisabled,
                $"salt-api at {server} says: {Shown} Add it on the master and restart salt-api."
            ),
            400 or 406 or 413 or 414 or 415 or 431 => new SaltApiException(
                SaltApiReason.Refused,
                $"salt-api at {server} refused the request ({Status}): {Shown}"
            ),
            >= 500 and not (502 or 503 or 504) => new SaltApiException(
                SaltApiReason.Failed,
                $"salt-api at {server} failed: {Shown}. The log of salt-api or of the master has the reason."
            ),
            407 => new SaltApiException(
                SaltApiReason.NotSaltApi,
                $"A proxy on the way to {server} asks for a sign-in (407). Give its user and password in HTTP_PROXY, or name the host in NO_PROXY to reach it without the proxy."
            ),
            429 or 502 or 503 or 504 => new SaltApiException(
                SaltApiReason.NotAnswering,
                $"A proxy or server at {server} answers {Status}: salt-api behind it does not answer or accepts no more requests."
            ),
            _ => new SaltApiException(
                SaltApiReason.NotSaltApi,
                $"The server at {server} is not a salt-api ({Status}, {mediaType ?? "without a type"}). Give its own address, such as https://master:8000; its port is in the master's configuration, under rest_cherrypy."
            ),
        };

    private bool IsSentToSignIn =>
        Location is not null
        && Uri.TryCreate(server, Location, out var target)
        && target.Authority == server.Authority
        && target.Scheme == server.Scheme
        && target.AbsolutePath.EndsWith("/login", StringComparison.Ordinal);

    private string Target =>
        Location is null ? "an address that cannot be read"
        : !Uri.TryCreate(server, Location, out var target) || !ApiAddress.IsHttp(target) ? "another address"
        : target.Authority == server.Authority && target.UserInfo.Length == 0 ? target.GetLeftPart(UriPartial.Path)
        : target.UserInfo.Length == 0 ? target.GetLeftPart(UriPartial.Authority)
        : target.Host;

    // A 401 has three meanings, which only its text distinguishes (salt/netapi/rest_cherrypy/app.py, hypermedia_handler, 3006.10).
    private SaltApiException Unauthorized()
    {
        if (Text.StartsWith("Authorization error occurred", StringComparison.Ordinal) || Text.Contains(" occurred for user "))
        {
            return new SaltApiException(SaltApiReason.NotAuthorized, $"salt-api at {server} says: {Shown}");
        }

        return new SaltApiException(SaltApiReason.TokenRefused, Text.Contains("of type \"token\"") || Text == "Invalid token"
            ? $"The token for salt-api at {server} has expired or is unknown."
            : $"salt-api at {server} does not know this token.");
    }

    private string Shown => Secrets.Any(IsRepeated) ? "its text repeats the password or the token, and is not shown" : Text;

    private string All => Encoding.UTF8.GetString(body, 0, Math.Min(body.Length, 64 * 1024));

    /// <summary>The words of the answer.</summary>
    private string Text
    {
        get
        {
            var all = All;
            if (mediaType == "application/json")
            {
                try
                {
                    using var document = Document();
                    return Shorten(
                        document.RootElement.ValueKind == JsonValueKind.Object
                        && document.RootElement.TryGetProperty("return", out var text)
                            ? text.ToString()
                            : all
                    );
                }
                catch (JsonException)
                {
                    return Shorten(all);
                }
            }

            var title = Between(all, "<p>", "</p>") ?? Between(all, "<title>", "</title>");
            return Shorten(title is null ? all : WebUtility.HtmlDecode(title));
        }
    }

    // As it is, or in the JSON of the request.
    private bool IsRepeated(string secret)
    {
        var all = All;
        return new[] { secret, JsonEncodedText.Encode(secret).ToString() }.Any(s =>
            new[] { all, WebUtility.HtmlDecode(all), Text }.Any(t => t.Contains(s))
        );
    }

    private JsonDocument Document()
    {
        var text = JsonText.Repair(body);
        return JsonDocument.Parse(JsonSpecials.Mark(text) ?? text, new JsonDocumentOptions { MaxDepth = 2048 });
    }

    private static string? Between(string text, string begin, string end) =>
        text.IndexOf(begin, StringComparison.Ordinal) is var first and >= 0
        && text.IndexOf(end, first += begin.Length, StringComparison.Ordinal) is var last and >= 0
            ? text.Substring(first, last - first)
            : null;

    private static string Shorten(string text) =>
        text.Trim() is var trimmed && trimmed.Length > MaxText ? trimmed.Substring(0, MaxText) + "..." : trimmed.Trim();
}
