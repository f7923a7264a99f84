using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>Test-SaltEventBus over salt-api: every step, and each way to fail at one.</summary>
public sealed class TestSaltEventBusApiTests : IDisposable
{
    private const string Credential = "-Credential ([pscredential]::new('joe', [Net.NetworkCredential]::new('', 'secret').SecurePassword))";
    private readonly Shell shell = new();
    private readonly FakeSaltApi api = new();

    public void Dispose()
    {
        shell.Dispose();
        api.Dispose();
    }

    [Fact]
    public void A_good_salt_api_is_Ok_and_shows_each_step()
    {
        var test = Test("-Fire");
        Assert.True((bool)test.Ok);
        Assert.Equal("Nothing is wrong.", Advice((object)test));
        Assert.Equal(
            ("Master", "-Uri", "Json", "Json"),
            ((string)test.Node.ToString(), (string)test.Origin, (string)test.Dialect.ToString(), (string)test.Accepts.ToString())
        );
        Assert.Equal((true, true), ((bool)test.CanRead, (bool)test.CanFire));
        Assert.True((TimeSpan)test.RoundTrip > TimeSpan.Zero);
        Assert.Equal("user = joe (-Credential), eauth = pam (default)", string.Join(", ", (IEnumerable<object>)test.Settings));
        var steps = Steps((object)test);
        Assert.Equal(
            ["name", "connection", "TLS", "salt-api", "sign-in", "rights", "stream", "round trip", "version"],
            steps.Select(s => s.Name)
        );
        Assert.All(steps, s => Assert.True(s.Passed, s.Name));
        Assert.Equal(
            ("none: plain http", "joe with pam, for 12 h", ".*; @runner", "3008.5"),
            (steps[2].Detail, steps[4].Detail, steps[5].Detail, steps[8].Detail)
        );
        Assert.Single(api.Requests, r => r.Path == "/events");
    }

    [Fact]
    public void It_is_shown_as_a_bus_is()
    {
        var text = ChildProcess.RunPwsh($"Test-SaltEventBus -Uri {api.Uri} {Credential} -Fire | Out-String -Width 80").Good().Output;
        Assert.Matches("(?m)^Steps       : name        localhost is ", text);
        Assert.Matches("(?m)^              sign-in     joe with pam, for 12 h", text);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_Fire_nothing_is_written_and_silence_is_not_a_fault()
    {
        var test = Test("-Timeout 0");
        Assert.True((bool)test.Ok);
        Assert.Contains("use -Fire to see whether it delivers events", Advice((object)test), StringComparison.Ordinal);
        Assert.Null(test.RoundTrip);
        Assert.DoesNotContain(api.Requests, r => r.Method == "POST" && r.Path == "/");
        Assert.Equal([false, false], Steps((object)test)[7..].Select(s => s.Passed is not null));
    }

    [Theory]
    [InlineData("2026-11-27T15:32:21.135727+00:00", "3008 or newer")]
    [InlineData("2026-11-27T15:32:21.135727", "older than 3008")]
    public void The_time_in_an_event_shows_the_version_roughly(string stamp, string version)
    {
        using var run = shell.Start($"Test-SaltEventBus -Uri {api.Uri} {Credential} -Timeout 20");
        Until.True(() => api.Streams == 1, "a stream");
        api.Emit("my/tag", $"{{\"_stamp\": \"{stamp}\"}}");
        var test = run.Finish().Good().Single;
        Assert.StartsWith(version, Steps((object)test)[8].Detail, StringComparison.Ordinal);
        Assert.Equal(("Json", "Nothing is wrong."), ((string)test.Dialect.ToString(), (string)Advice((object)test)));
    }

    [Fact]
    public void A_session_over_salt_api_can_be_tested()
    {
        var test = shell.Run($"New-SaltEventSession -Uri {api.Uri} {Credential} | Test-SaltEventBus -Fire").Good().Single;
        Assert.True((bool)test.Ok, Advice((object)test));
        Assert.Single(api.Requests, r => r.Path == "/events");
    }

    [Theory]
    [InlineData("-Uri https://no-such-host.invalid:8000", "name", "is not known")]
    [InlineData("-Uri master:8000", "name", "Give one such as https://master:8000")]
    [InlineData("-Uri https://joe:hidden@master:8000", "name", "give -Credential")]
    [InlineData("-Uri joe:hidden@master:8000", "name", "Give one such as https://master:8000")]
    [InlineData("-Uri https://master:8000/?token=hidden", "name", "a token goes with -Token")]
    [InlineData("-Uri http://localhost:1", "connection", "Does salt-api run there?")]
    [InlineData("-Uri http://192.0.2.1:8000", "TLS", "Use https")]
    [InlineData("-Uri $uri -Credential $null", "sign-in", "give -Credential")]
    [InlineData("-Uri $uri -Token '0123456789'", "sign-in", "Get a new token")]
    [InlineData("-Uri $uri -Credential $joe -Eauth ldap", "sign-in", "external_auth")]
    public void An_address_or_a_user_that_is_not_acceptable_is_named_with_its_step(string parameters, string step, string advice)
    {
        shell["uri"] = api.Uri;
        shell.Run($"$joe = {Credential["-Credential ".Length..]}").Good();
        var script = parameters.Replace(" -Credential $null", string.Empty, StringComparison.Ordinal);
        AssertFails(shell.Run($"Test-SaltEventBus {script} -Fire").Good().Single, step, advice);
    }

    [Theory]
    [InlineData("*", 200, "<title>Welcome to nginx!</title>", "salt-api", "is not a salt-api")]
    [InlineData("GET /", 503, "", "salt-api", "salt-api behind it does not answer")]
    [InlineData("GET /", 0, "hang", "salt-api", "all of its threads may be in use")]
    [InlineData("POST /login", 401, "Could not authenticate using provided credentials", "sign-in", "Check user and password")]
    [InlineData("POST /login", 0, "hang", "sign-in", "the master is down")]
    [InlineData("GET /events", 0, "hang", "stream", "the master is down")]
    [InlineData("GET /events", 401, "No permission -- see authorization schemes", "sign-in", "does not know this token")]
    [InlineData("POST /", 401, "Authentication failure of type \"token\" occurred for user joe.", "rights", "'@runner': [event.send]")]
    [InlineData(
        "POST /",
        400,
        "Client disabled: 'runner'. Add to 'netapi_enable_clients' master config option to enable.",
        "round trip",
        "netapi_enable_clients"
    )]
    [InlineData("POST /", 200, "", "round trip", "did not come back over the event stream within 0.2 s")]
    public void An_answer_that_is_not_acceptable_is_named_with_its_step(string request, int status, string text, string step, string advice)
    {
        api.Override = r => request != "*" && $"{r.Method} {r.Path}" != request ? null
            : status == 0 ? text
            : status != 200 ? FakeSaltApi.Error(status, text)
            : request == "*" ? FakeSaltApi.Answer(200, "text/html", text)
            : FakeSaltApi.Answer(200, "application/json", "{\"return\": [true]}");
        AssertFails(
            Test(
                text == "hang" ? "-Fire -ConnectTimeout 0.4"
                : status == 200 ? "-Fire -Timeout 0.2"
                : "-Fire"
            ),
            step,
            advice
        );
    }

    [Fact]
    public void An_index_that_is_another_programs_is_not_a_fault()
    {
        api.Override = r => r.Method == "GET" && r.Path == "/" ? FakeSaltApi.Error(404, "Not Found") : null;
        var test = Test("-Fire");
        Assert.True((bool)test.Ok, Advice((object)test));
        Assert.Equal("answers, but not at its index", Steps((object)test)[3].Detail);
    }

    [Fact]
    public void A_certificate_that_is_not_trusted_is_reported_and_can_be_taken()
    {
        using var secure = new FakeSaltApi(tls: true);
        AssertFails(
            shell.Run($"Test-SaltEventBus -Uri {secure.Uri} {Credential}").Good().Single,
            "TLS",
            "its certificate is from CN=localhost, which this computer does not trust"
        );
        Assert.Empty(secure.Requests);
        AssertFails(
            shell.Run($"Test-SaltEventBus -Uri {new UriBuilder(secure.Uri) { Host = "127.0.0.1" }.Uri} {Credential}").Good().Single,
            "TLS",
            "is for CN=localhost, not for 127.0.0.1"
        );
        AssertFails(
            shell.Run($"Test-SaltEventBus -Uri {new UriBuilder(api.Uri) { Scheme = "https" }.Uri} {Credential}").Good().Single,
            "TLS",
            "does not use a TLS version"
        );
        var test = shell.Run($"Test-SaltEventBus -Uri {secure.Uri} {Credential} -SkipCertificateCheck -Fire").Good().Single;
        Assert.True((bool)test.Ok, Advice((object)test));
        Assert.Matches(@"^certificate of CN=localhost not checked, valid until \d{4}-\d\d-\d\d$", Steps((object)test)[2].Detail);
    }

    [Theory]
    [InlineData("[]", false)]
    [InlineData("{}", false)]
    [InlineData("[\".*\", \"event.send\"]", false)]
    [InlineData("[{\"@runner\": [\"test.*\", \"ev(\"]}]", false)]
    [InlineData("[{\"web*\": [\"event.send\"]}]", false)]
    [InlineData("[\"@runner\"]", true)]
    [InlineData("[\"@runners\"]", true)]
    [InlineData("[\"@event\"]", true)]
    [InlineData("[{\"@event\": \"send\"}]", true)]
    [InlineData("[{\"@runner\": [\"event.*\"]}]", true)]
    [InlineData("[{\"@runner\": [{\"event.send\": {\"args\": [\"my/.*\"]}}]}]", true)]
    public void The_rights_of_the_user_show_whether_it_may_fire(string rights, bool canFire)
    {
        api.Rights = rights;
        var test = Test("-Timeout 0");
        Assert.Equal((true, canFire), ((bool)test.Ok, (bool)test.CanFire));
        Assert.Equal(!canFire, Advice((object)test).Contains("The user may listen, but not fire", StringComparison.Ordinal));
    }

    [Fact]
    public void A_user_is_signed_in_again_so_that_a_change_shows()
    {
        Assert.True((bool)Test("-Timeout 0").CanFire);
        api.Rights = "[]";
        Assert.False((bool)Test("-Timeout 0").CanFire);
        api.Override = r => r.Path == "/login" ? FakeSaltApi.Error(401, "Could not authenticate using provided credentials") : null;
        AssertFails(Test("-Timeout 0"), "sign-in", "refused the sign-in");
    }

    [Fact]
    public void A_user_without_the_right_is_not_asked_for_the_version()
    {
        api.Rights = "[{\"@runner\": [\"event.send\"]}]";
        var test = Test("-Fire");
        Assert.StartsWith("3008 or newer", Steps((object)test)[8].Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(api.Requests, r => r.Body.Contains("manage.versions", StringComparison.Ordinal));
    }

    private static string Advice(object test) => string.Join(" ", ((IEnumerable)((dynamic)test).Advice).Cast<object>());

    private static (string Name, bool? Passed, string Detail)[] Steps(object test) =>
        ((IEnumerable)((dynamic)test).Steps).Cast<dynamic>().Select(s => ((string)s.Name, (bool?)s.Passed, (string)s.Detail)).ToArray();

    private static void AssertFails(dynamic test, string step, string advice)
    {
        Assert.False((bool)test.Ok);
        Assert.Contains(advice, Advice((object)test), StringComparison.Ordinal);
        var steps = Steps((object)test);
        var failed = Assert.Single(steps, s => s.Passed == false);
        Assert.Equal(step, failed.Name);
        Assert.DoesNotContain("secret", Advice((object)test), StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", $"{Advice((object)test)} {test.PubAddress}", StringComparison.Ordinal);
    }

    private dynamic Test(string parameters) => shell.Run($"Test-SaltEventBus -Uri {api.Uri} {Credential} {parameters}").Good().Single;
}
