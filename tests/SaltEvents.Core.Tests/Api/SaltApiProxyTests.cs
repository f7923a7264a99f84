using System;
using System.Net;
using System.Net.Http;
using System.Threading.Tasks;
using SaltEvents.Core.Api;
using SaltEvents.Tests;
using Xunit;

namespace SaltEvents.Core.Tests.Api;

/// <summary>A salt-api behind the proxy of the process, as HTTP_PROXY and HTTPS_PROXY set it. Only these tests use another host.</summary>
public sealed class SaltApiProxyTests : SaltApiTestBase
{
    [Theory]
    [InlineData("https", "HTTP/1.1 407 X\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n", "status code '407'. HTTP_PROXY")]
    [InlineData("https", "close", "through the proxy")]
    [InlineData("http", "close", "through the proxy")]
    public async Task A_proxy_that_fails_is_named_and_its_password_is_not(string scheme, string answer, string words)
    {
        using var proxy = new FakeSaltApi { Override = _ => answer };
        var error = await FailAsync(scheme, proxy.Uri);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Contains($"through the proxy http://localhost:{proxy.Uri.Port} failed", error.Message, StringComparison.Ordinal);
        Assert.All(proxy.Requests, r => Assert.Contains("master.invalid", r.Path, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_proxy_that_is_not_there_is_not_taken_for_the_salt_api()
    {
        Uri gone;
        using (var proxy = new FakeSaltApi())
        {
            gone = proxy.Uri;
        }

        Assert.Contains("through the proxy", (await FailAsync("https", gone)).Message, StringComparison.Ordinal);
    }

    private static async Task<SaltApiException> FailAsync(string scheme, Uri proxy)
    {
        var usual = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = new WebProxy(new UriBuilder(proxy) { UserName = "joe", Password = "proxy-secret" }.Uri);
        try
        {
            using var client = new SaltApiClient(
                new SaltApiOptions
                {
                    Uri = new Uri(scheme + "://master.invalid:8000"),
                    UserName = "joe",
                    Password = Secret("secret"),
                    AllowsUnencrypted = true,
                }
            );
            var error = await Assert.ThrowsAsync<SaltApiException>(() => client.SignInAsync());
            Assert.Equal(SaltApiReason.Unreachable, error.Reason);
            Assert.DoesNotContain("proxy-secret", error.ToString(), StringComparison.Ordinal);
            return error;
        }
        finally
        {
            HttpClient.DefaultProxy = usual;
        }
    }
}
