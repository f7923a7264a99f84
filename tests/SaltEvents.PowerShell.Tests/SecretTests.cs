using System;
using Xunit;
using static SaltEvents.Tests.PayloadExtensions;

namespace SaltEvents.Tests;

/// <summary>Secrets in an event are in no view of it.</summary>
public sealed class SecretTests : FormattingTestBase
{
    [Theory]
    [MemberData(nameof(Views))]
    public void No_view_shows_a_secret(string view)
    {
        foreach (
            var name in new[]
            {
                "password",
                "PassWord",
                "token",
                "aes",
                "X-Auth-Token",
                "x-auth-token",
                "Cookie",
                "Set-Cookie",
                "Authorization",
                "Proxy-Authorization",
                "client_secret",
                "api-key",
                "X-Auth-Token ",
                " authorization\t",
                "X-Auth-Token:",
                "authToken",
            }
        )
        {
            Wire.Send("salt/netapi/hook/deploy", ("headers", Map((name, "hunter2"))), ("post", Map(("a", 1))), ("body", ""), (name, "hunter2"));
            Wire.Send("my/tag", ("list", new object?[] { Map((name, "hunter2")) }));
            Wire.Send("salt/auth/creds", ("anything", "hunter2"));
            Wire.Send("syndic/s1/salt/job/1/publish", ("anything", "hunter2"));
            Assert.DoesNotContain("hunter2", Shown($"Get-SaltEvent -Session $s -Count 4 | {view}"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Views))]
    public void No_view_shows_a_secret_of_headers_in_a_list(string view)
    {
        object?[][] lists =
        [
            [new object?[] { "Accept", "*/*" }, new object?[] { "X-Auth-Token ", "hunter2" }],
            [new object?[] { "X-Auth-Token", new object?[] { "hunter2" } }],
            [new Core.Events.PayloadMap { { "value", "hunter2" }, { "Name", "x-auth-token\t" } }],
            ["Accept: */*", "X-Auth-Token: hunter2"],
        ];
        foreach (var headers in lists)
        {
            Wire.Send("salt/netapi/hook/deploy", ("headers", headers), ("post", Map(("a", 1))), ("body", ""));
            Wire.Send("my/tag", ("text", new string('x', 100)), ("deep", Map(("headers", headers))));
            var shown = Shown($"Get-SaltEvent -Session $s -Count 2 | {view}");
            Assert.DoesNotContain("hunter2", shown, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("salt/job/1/publish")]
    [InlineData("salt/auth/creds")]
    [InlineData("my/tag")]
    [InlineData("salt/cloud/vm/created")]
    public void The_content_of_an_event_shows_no_secret(string tag)
    {
        foreach (var name in new[] { "password", "PassWord", "token", "aes", "key", "secret", "private_key", "session", "sig" })
        {
            Wire.Send(
                tag,
                ("a", 1),
                (name, "hunter2"),
                ("inner", Map(("deep", Map((name, "hunter2"))))),
                ("list", new object?[] { Map((name, "hunter2")) })
            );
            var summary = (string)Shell.Run("[SaltEvents.SaltEventView]::GetContent((Get-SaltEvent -Session $s))").Value!;
            Assert.DoesNotContain("hunter2", summary, StringComparison.Ordinal);
            Assert.Contains("(secret)", summary, StringComparison.Ordinal);
        }
    }
}
