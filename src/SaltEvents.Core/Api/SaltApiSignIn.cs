using System;
using System.Linq;
using System.Net;
using System.Security;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;

namespace SaltEvents.Core.Api;

/// <summary>Gets a token: the one that was given, or a new one for user and password (POST /login).</summary>
internal static class SaltApiSignIn
{
    /// <summary>Signs in.</summary>
    /// <param name="http">The server.</param>
    /// <param name="options">As whom.</param>
    /// <param name="old">The token until now: salt-api extends the same one, and a stream that was opened with it continues.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="SaltApiException">The user was refused, or there is no answer.</exception>
    public static async Task<SaltApiToken> RunAsync(SaltApiHttp http, SaltApiOptions options, SaltApiToken? old, CancellationToken stop)
    {
        if (options.Token is { } given)
        {
            return new SaltApiToken(Checked(Reveal(given), options), null, null);
        }

        if (options.UserName is null)
        {
            throw new SaltApiException(
                SaltApiReason.SignInRefused,
                $"salt-api at {options.Uri} needs a user: give -Credential, or -Token."
            );
        }

        var password = Reveal(options.Password ?? new SecureString());
        var body = JsonRequest.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("username", options.UserName);
            json.WriteString("password", password);
            json.WriteString("eauth", options.Eauth);
            json.WriteEndObject();
        });
        var answer = await http.SendAsync("login", body, old, options.Timeout, stop, password).ConfigureAwait(false);
        Array.Clear(body, 0, body.Length);
        if (answer.Status == 401)
        {
            throw new SaltApiException(
                SaltApiReason.SignInRefused,
                $"salt-api at {options.Uri} refused the sign-in of {options.UserName} with eauth {options.Eauth}. Check user and password, and that external_auth on the master has {options.Eauth} (-Eauth names another one)."
            );
        }

        using var document = answer.Parse();
        return Read(document.RootElement, options);
    }

    private static SaltApiToken Read(JsonElement root, SaltApiOptions options)
    {
        if (
            root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("return", out var returned)
            || returned.ValueKind != JsonValueKind.Array
            || returned.GetArrayLength() == 0
            || returned[0] is not { ValueKind: JsonValueKind.Object } session
            || !session.TryGetProperty("token", out var value)
            || value.ValueKind != JsonValueKind.String
        )
        {
            throw new SaltApiException(
                SaltApiReason.NotSaltApi,
                $"The server at {options.Uri} is not a salt-api: its sign-in returns no token."
            );
        }

        TimeSpan? lifetime =
            Number(session, "expire") is { } expire
            && Number(session, "start") is { } start
            && expire - start is > 0 and < 1e9 and var seconds
                ? TimeSpan.FromSeconds(seconds)
                : null;
        return new SaltApiToken(
            Checked(value.GetString()!, options),
            lifetime,
            session.TryGetProperty("perms", out var rights) ? SaltApiRights.From(rights) : null
        );
    }

    private static double? Number(JsonElement session, string name) =>
        session.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number ? number.GetDouble() : null;

    private static string Reveal(SecureString secret) => new NetworkCredential(string.Empty, secret).Password;

    // It goes into a header: a line feed in it would add headers.
    private static string Checked(string token, SaltApiOptions options) =>
        token.Length is > 0 and < 4096 && token.All(c => c is > ' ' and < '\u007F')
            ? token
            : throw new SaltApiException(
                SaltApiReason.TokenRefused,
                $"The token for salt-api at {options.Uri} is not valid: a token has only letters and digits."
            );
}
