using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Text.Json;
using System.Threading.Tasks;
using SaltEvents.Core.Api;
using SaltEvents.Core.Events;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Tests;
using Xunit;

namespace SaltEvents.Core.Tests.Api;

/// <summary>What salt-api, or what is in its place, answers in error.</summary>
public sealed class SaltApiErrorTests : SaltApiTestBase
{
    [Fact]
    public async Task Errors_have_their_reasons_and_no_secrets()
    {
        using var api = new FakeSaltApi();
        using var wrong = new SaltApiClient(OptionsFor(api, "hidden"));
        var refused = await Assert.ThrowsAsync<SaltApiException>(() => wrong.SignInAsync());
        Assert.Equal(SaltApiReason.SignInRefused, refused.Reason);
        Assert.DoesNotContain("hidden", refused.ToString(), StringComparison.Ordinal);
        using var given = new SaltApiClient(new SaltApiOptions { Uri = api.Uri, Token = Secret("0123456789") });
        var unknown = await Assert.ThrowsAsync<SaltApiException>(() => given.SubscribeAsync(TagFilter.All, Listening));
        Assert.Equal(SaltApiReason.TokenRefused, unknown.Reason);
        Assert.DoesNotContain("0123456789", unknown.ToString(), StringComparison.Ordinal);
        using var client = new SaltApiClient(OptionsFor(api));
        Assert.Equal(
            SaltApiReason.NotAuthorized,
            await ReasonAsync(FakeSaltApi.Error(401, "Authentication failure of type \"token\" occurred for user joe."))
        );
        Assert.Equal(
            SaltApiReason.ClientDisabled,
            await ReasonAsync(
                FakeSaltApi.Error(400, "Client disabled: 'runner'. Add to 'netapi_enable_clients' master config option to enable.")
            )
        );
        Assert.Equal(
            SaltApiReason.Failed,
            await ReasonAsync(
                FakeSaltApi.Answer(200, "application/json", "{\"return\": [\"Exception occurred in runner event.send: no\"]}")
            )
        );
        Assert.Equal(
            SaltApiReason.NotAuthorized,
            await ReasonAsync(
                FakeSaltApi.Answer(
                    200,
                    "Application/JSON; charset=utf-8",
                    "{\"return\": [\"Authentication failure of type \\\"token\\\" occurred for user joe.\"]}"
                )
            )
        );
        Assert.Equal(
            SaltApiReason.NotAuthorized,
            await ReasonAsync(
                FakeSaltApi.Answer(
                    200,
                    "application/json",
                    "{\"return\": [\"Unexpected exception while handling request: Authentication failure of type \\\"token\\\" occurred for user joe.\"]}"
                )
            )
        );
        Assert.Equal(SaltApiReason.DeliveryUnknown, await ReasonAsync(FakeSaltApi.Error(429, "Too Many Requests")));
        Assert.Equal(SaltApiReason.Failed, await ReasonAsync(FakeSaltApi.Error(507, "Insufficient Storage")));
        Assert.Equal(SaltApiReason.NotSaltApi, await ReasonAsync(FakeSaltApi.Error(301, "Moved Permanently")));
        Assert.Equal(SaltApiReason.DeliveryUnknown, await ReasonAsync("close"));
        Assert.Equal(SaltApiReason.NotSaltApi, await ReasonAsync(FakeSaltApi.Answer(200, "text/html", "<title>Welcome to nginx!</title>")));

        async Task<SaltApiReason> ReasonAsync(string answer)
        {
            api.Override = r => r.Path == "/" && r.Method == "POST" ? answer : null;
            return (await Assert.ThrowsAsync<SaltApiException>(() => client.FireAsync("my/tag", []))).Reason;
        }
    }

    [Theory]
    [InlineData(400, "text/plain", "{0}")]
    [InlineData(500, "text/html", "<p>{0}</p>")]
    [InlineData(500, "application/json", "{{\"return\": \"{0}\"}}")]
    [InlineData(401, "text/html", "<p>eauth occurred for user {0}</p>")]
    public async Task A_server_that_repeats_the_request_does_not_get_its_secrets_shown(int status, string type, string body)
    {
        const string password = "s<e>cr\"t\u00E9";
        using var api = new FakeSaltApi();
        api.Override = r =>
        {
            var repeated = r.Body + r.Headers.GetValueOrDefault("X-Auth-Token");
            return FakeSaltApi.Answer(
                status,
                type,
                string.Format(
                    CultureInfo.InvariantCulture,
                    body,
                    type == "text/html" ? WebUtility.HtmlEncode(repeated)
                        : type == "text/plain" ? repeated
                        : JsonEncodedText.Encode(repeated).ToString()
                )
            );
        };
        using var user = new SaltApiClient(OptionsFor(api, password));
        await FailsAsync(() => user.SignInAsync(), password);
        using var given = new SaltApiClient(new SaltApiOptions { Uri = api.Uri, Token = Secret("0123456789") });
        await FailsAsync(() => given.FireAsync("my/tag", []), "0123456789");
        await FailsAsync(() => given.SubscribeAsync(TagFilter.All, Listening), "0123456789");

        static async Task FailsAsync(Func<Task> call, string secret)
        {
            var error = (await Assert.ThrowsAsync<SaltApiException>(call)).ToString();
            Assert.DoesNotContain(secret, error, StringComparison.Ordinal);
            Assert.DoesNotContain(JsonEncodedText.Encode(secret).ToString(), error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Nothing_is_sent_to_the_target_of_a_redirect(int status)
    {
        using var other = new FakeSaltApi();
        using var api = new FakeSaltApi();
        using var client = new SaltApiClient(OptionsFor(api));
        await client.SignInAsync();
        await FailsAsync(() => client.SubscribeAsync(TagFilter.All, Listening), "/events");
        await FailsAsync(() => client.FireAsync("my/tag", []), "/");
        using var anew = new SaltApiClient(OptionsFor(api));
        await FailsAsync(() => anew.SignInAsync(), "/login");
        Assert.Empty(other.Requests);

        async Task FailsAsync(Func<Task> call, string path)
        {
            api.Override = r =>
                r.Path == path ? $"HTTP/1.1 {status} X\r\nLocation: {other.Uri}login?t=hidden\r\nContent-Length: 0\r\n\r\n" : null;
            var error = await Assert.ThrowsAsync<SaltApiException>(call);
            Assert.Equal(SaltApiReason.NotSaltApi, error.Reason);
            Assert.Contains($"sends on to {other.Uri.GetLeftPart(UriPartial.Authority)} ({status})", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(302, "")]
    [InlineData(302, "Location: http://[bad\r\n")]
    [InlineData(303, "Location: \r\n")]
    public async Task A_redirect_whose_target_cannot_be_read_is_not_taken_for_the_sign_in_page(int status, string header)
    {
        using var api = new FakeSaltApi();
        using var client = new SaltApiClient(OptionsFor(api));
        await client.SignInAsync();
        api.Override = r => r.Path == "/" ? $"HTTP/1.1 {status} X\r\n{header}Content-Length: 0\r\n\r\n" : null;
        var error = await Assert.ThrowsAsync<SaltApiException>(() => client.FireAsync("my/tag", []));
        Assert.Equal(SaltApiReason.NotSaltApi, error.Reason);
        Assert.Contains($"({status})", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content-Encoding: gzip\r\n", "retry: 400\n", "is compressed (gzip)")]
    [InlineData("", "retry: 400\r\n", "end otherwise")]
    [InlineData("", "retry: 400\r", "end otherwise")]
    [InlineData("", "retry: 400\rtag: a\rdata: {}\r\r", "end otherwise")]
    public async Task An_event_stream_that_a_proxy_has_rewritten_is_an_error(string header, string text, string words)
    {
        using var api = new FakeSaltApi();
        using var client = new SaltApiClient(OptionsFor(api));
        await client.SignInAsync();
        api.Override = r =>
            r.Path == "/events" ? $"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n{header}Content-Length: 100\r\n\r\n{text}" : null;
        var error = await Assert.ThrowsAsync<SaltApiException>(() => client.SubscribeAsync(TagFilter.All, Listening));
        Assert.Equal(SaltApiReason.NotSaltApi, error.Reason);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("301 X\r\nLocation: /salt/?token=secret", "sends on to http://localhost:{0}/salt/ (301)")]
    [InlineData("301 X\r\nLocation: https://other.example/salt/", "sends on to https://other.example (301)")]
    [InlineData("407 X\r\nProxy-Authenticate: Basic", "asks for a sign-in (407)")]
    public async Task A_proxy_in_between_is_reported_with_what_to_do(string answer, string words)
    {
        using var api = new FakeSaltApi { Override = _ => $"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n" };
        using var client = new SaltApiClient(OptionsFor(api));
        var error = await Assert.ThrowsAsync<SaltApiException>(() => client.SignInAsync());
        Assert.Equal(SaltApiReason.NotSaltApi, error.Reason);
        Assert.Contains(string.Format(CultureInfo.InvariantCulture, words, api.Uri.Port), error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_speaks_only_HTTP_2_is_reported_as_such()
    {
        using var api = new FakeSaltApi { Override = _ => "\0\0\u0012\u0004\0\0\0\0\0\0\u0003\0\0\0\u0080\0\u0004\0\0\u00ff\u00ff\r\n\r\n" }; // SETTINGS
        using var client = new SaltApiClient(OptionsFor(api));
        var error = await Assert.ThrowsAsync<SaltApiException>(() => client.SignInAsync());
        Assert.Equal(SaltApiReason.NotSaltApi, error.Reason);
        Assert.Contains("does not speak HTTP/1.1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_whose_salt_api_does_not_answer_is_not_taken_for_a_master_that_is_down()
    {
        using var api = new FakeSaltApi();
        using var client = new SaltApiClient(OptionsFor(api));
        await client.SignInAsync();
        api.Override = r => r.Path == "/events" ? FakeSaltApi.Answer(502, "text/html", "<title>Bad Gateway</title>") : null;
        var error = await Assert.ThrowsAsync<SaltApiException>(() => client.SubscribeAsync(TagFilter.All, Listening));
        Assert.Contains("answers 502", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("master", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_master_that_is_down_and_a_full_server_have_their_own_messages()
    {
        using var api = new FakeSaltApi();
        var options = OptionsFor(api) with { Timeout = TimeSpan.FromMilliseconds(300) };
        using var client = new SaltApiClient(options);
        await client.SignInAsync();
        api.Override = r => r.Path == "/events" || r.Method == "POST" ? "hang" : null;
        var down = await Assert.ThrowsAsync<SaltApiException>(() => client.SubscribeAsync(TagFilter.All, Listening));
        Assert.Contains("the master is down", down.Message, StringComparison.Ordinal);
        Assert.Contains("proxy_buffering off", down.Message, StringComparison.Ordinal);
        api.Override = _ => "hang";
        var full = await Assert.ThrowsAsync<SaltApiException>(() => client.SubscribeAsync(TagFilter.All, Listening));
        Assert.Contains("thread_pool", full.Message, StringComparison.Ordinal);
        Assert.Equal(SaltApiReason.DeliveryUnknown, (await Assert.ThrowsAsync<SaltApiException>(() => client.FireAsync("a", []))).Reason);
    }

    [Fact]
    public async Task Tls_is_checked_unless_it_is_not_wanted()
    {
        using var api = new FakeSaltApi(tls: true);
        using var strict = new SaltApiClient(OptionsFor(api));
        Assert.Equal(SaltApiReason.TlsFailed, (await Assert.ThrowsAsync<SaltApiException>(() => strict.SignInAsync())).Reason);
        Assert.Empty(api.Requests);
        using var lax = new SaltApiClient(OptionsFor(api) with { SkipsCertificateCheck = true });
        await lax.FireAsync("my/tag", []);
    }

    [Fact]
    public async Task Why_a_server_is_silent_is_found_out_once_and_within_the_time_limit()
    {
        using var api = new FakeSaltApi { Override = _ => "hang" };
        var options = OptionsFor(api) with { Timeout = TimeSpan.FromMilliseconds(300), ProbeTimeout = TimeSpan.FromSeconds(60) };
        using var client = new SaltApiClient(options);
        var error = await Assert.ThrowsAsync<SaltApiException>(() => client.SubscribeAsync(TagFilter.All, Listening)).Soon();
        Assert.Equal(2, error.Message.Split("thread_pool").Length);
        Assert.Equal(["/login", "/"], api.Requests.Select(r => r.Path));
    }

    [Theory]
    [InlineData("http://192.0.2.1:8000", false)]
    [InlineData("http://127.0.0.2:8000", true)]
    [InlineData("http://localhost", true)]
    [InlineData("https://192.0.2.1", true)]
    public void Plain_http_is_allowed_only_to_this_computer(string uri, bool isAllowed)
    {
        var problem = Record.Exception(() => new SaltApiClient(new SaltApiOptions { Uri = new Uri(uri) }).Dispose());
        Assert.Equal(isAllowed, problem is null);
        new SaltApiClient(new SaltApiOptions { Uri = new Uri(uri), AllowsUnencrypted = true }).Dispose();
    }
}
