using System;
using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Nats;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Tests;
using Xunit;

namespace SaltEvents.Core.Tests.Nats;

/// <summary>What listens at the address is no NATS server, or one that means harm.</summary>
public sealed class HostileNatsServerTests : IDisposable
{
    private const string Info = "INFO {\"server_id\":\"A\",\"version\":\"2.10.0\",\"proto\":1,\"headers\":true,\"max_payload\":1048576}\r\n";
    private const string InfoWithTls = "INFO {\"tls_required\":true,\"server_id\":\"A\",\"max_payload\":1048576}\r\n";
    private const long Limit = 32 << 20; // with what the system takes
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private long longest; // how many bytes of a flood one connection has taken

    public HostileNatsServerTests() => listener.Start();

    public void Dispose() => listener.Dispose();

    [Theory]
    [InlineData(false, "INFO ", "x", "line of more than 262144 bytes")]
    [InlineData(false, "", "INFO {bad}\r\n", "INFO is not JSON")]
    [InlineData(false, "", "hello\r\n", "does not speak NATS")]
    [InlineData(false, "", "x", "does not speak NATS")]
    [InlineData(true, "-ERR ", "x", "line of more than 262144 bytes")]
    [InlineData(true, "MSG ", "x", "line of more than 262144 bytes")]
    [InlineData(true, "INFO {\"port\":\"x\"}\r\n", "MSG a 99 1\r\nx\r\n", "cannot be read")]
    [InlineData(true, "MSG a 1 2000000000\r\n", "x", "cannot be read")]
    public async Task What_is_endless_or_cannot_be_read_ends_the_connection(bool signsIn, string start, string endless, string words)
    {
        _ = ServeAsync(async peer =>
        {
            if (signsIn)
            {
                await SendAsync(peer, Info);
                await ReadSignInAsync(peer);
                await SendAsync(peer, "PONG\r\n");
                _ = await peer.ReadAsync(new byte[4096]); // the first question
            }

            await SendAsync(peer, start);
            await FloodAsync(peer, endless);
        });
        await using var bus = NatsClients.Create(Options);
        var (message, watch) = (string.Empty, Stopwatch.StartNew());
        while (!message.Contains(words, StringComparison.Ordinal) && watch.Elapsed < Eventually.Limit) // a question may end before its answer
        {
            message = (await Assert.ThrowsAsync<NatsBusException>(() => bus.CheckAsync()).Soon()).Message;
        }

        Assert.Contains(words, message, StringComparison.Ordinal);
        Assert.InRange(longest, 1, Limit);
    }

    [Fact]
    public async Task An_endless_line_over_TLS_ends_the_connection()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        _ = ServeAsync(async peer =>
        {
            await SendAsync(peer, InfoWithTls);
            var encrypted = new SslStream(peer);
            await encrypted.AuthenticateAsServerAsync(certificate);
            await SendAsync(encrypted, "-ERR ");
            await FloodAsync(encrypted, "x");
        });
        await using var bus = NatsClients.Create(Options with { SkipsCertificateCheck = true });
        var error = await Assert.ThrowsAsync<NatsBusException>(() => bus.ConnectAsync()).Soon();
        Assert.Contains("line of more than 262144 bytes", error.Message, StringComparison.Ordinal);
        Assert.InRange(longest, 1, Limit);
    }

    // Anybody on the way may add it, and the client would take it for what came encrypted.
    [Fact]
    public async Task What_comes_before_TLS_is_not_taken_for_what_comes_in_it()
    {
        _ = ServeAsync(peer => SendAsync(peer, InfoWithTls + "PONG\r\n").AsTask());
        await using var bus = NatsClients.Create(Options with { SkipsCertificateCheck = true });
        var error = await Assert.ThrowsAsync<NatsBusException>(() => bus.ConnectAsync()).Soon();
        Assert.Contains("before the connection was encrypted", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", "does not speak NATS: it sent \"HTTP/1.1 400 Bad Request")]
    [InlineData("", "so it does not speak NATS")]
    [InlineData(Info, "did not answer the sign-in")]
    public async Task A_server_of_another_kind_is_told_as_such(string greeting, string words)
    {
        _ = ServeAsync(async peer =>
        {
            await SendAsync(peer, greeting);
            await ReadSignInAsync(peer); // or until the client goes
            _ = await peer.ReadAsync(new byte[4096]);
        });
        // On a busy computer a second may pass before it is connected, and then nothing is known of the server.
        await using var bus = NatsClients.Create(Options with { Timeout = TimeSpan.FromSeconds(4) });
        var error = await Assert.ThrowsAsync<NatsBusException>(() => bus.ConnectAsync()).Soon();
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_the_system_refuses_is_told_with_the_reason()
    {
        await using var bus = NatsClients.Create(Options with { Servers = [new Uri("nats://255.255.255.255:1")], AllowsUnencrypted = true });
        var error = await Assert.ThrowsAsync<NatsBusException>(() => bus.ConnectAsync()).Soon();
        Assert.Equal(NatsBusReason.Unreachable, error.Reason);
        Assert.DoesNotContain("nothing accepts a connection", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_closes_at_once_is_not_the_end_of_the_list()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        _ = ServeAsync(_ => Task.CompletedTask);
        var asked = other.AcceptTcpClientAsync();
        await using var bus = NatsClients.Create(Options with { Servers = [.. Options.Servers, UriOf(other)] });
        var connecting = bus.ConnectAsync();
        using (await asked.Soon())
        {
            // It has been asked.
        }

        var error = await Assert.ThrowsAsync<NatsBusException>(() => connecting).Soon();
        Assert.Contains("closed the connection before it said what it is", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hunter2", "-ERR 'bad sign-in with {0}'\r\n", "bad sign-in with *******")]
    [InlineData("say \"hunter2\"", "-ERR 'what is {0}'\r\n", "what is {")]
    [InlineData("hunter2", "-ERR 'Permissions Violation for Publish to \"{0}\"'\r\n", "no permission for it")]
    [InlineData("Violation", "-ERR 'Authorization Violation'\r\n", "refused the user joe")]
    public async Task An_error_that_repeats_the_password_does_not_show_it(string password, string answer, string words)
    {
        _ = ServeAsync(async peer =>
        {
            await SendAsync(peer, Info);
            var line = (await ReadSignInAsync(peer)).Split("\r\n")[0].Substring("CONNECT ".Length);
            Assert.Contains(JsonEncodedText.Encode(password).ToString(), line, StringComparison.Ordinal);
            if (answer.Contains("Permissions", StringComparison.Ordinal))
            {
                await SendAsync(peer, "PONG\r\n");
                _ = await peer.ReadAsync(new byte[4096]); // the first question
            }

            await SendAsync(peer, string.Format(System.Globalization.CultureInfo.InvariantCulture, answer, line.Contains("say", StringComparison.Ordinal) ? line : password));
            await peer.CopyToAsync(System.IO.Stream.Null);
        });
        await using var bus = NatsClients.Create(
            Options with { UserName = "joe", Password = new NetworkCredential(string.Empty, password).SecurePassword }
        );
        var error = await Assert.ThrowsAsync<NatsBusException>(() => bus.CheckAsync()).Soon();
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }

    private NatsBusOptions Options => new() { Servers = [UriOf(listener)], Timeout = TimeSpan.FromSeconds(1) };

    private static Uri UriOf(TcpListener listener) => new($"nats://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    private static ValueTask SendAsync(System.IO.Stream peer, string text) => peer.WriteAsync(Encoding.ASCII.GetBytes(text));

    private static async Task<string> ReadSignInAsync(NetworkStream peer)
    {
        var (text, buffer, count) = (string.Empty, new byte[4096], 1);
        while (count > 0 && !text.Contains("PING\r\n", StringComparison.Ordinal))
        {
            text += Encoding.UTF8.GetString(buffer, 0, count = await peer.ReadAsync(buffer));
        }

        return text;
    }

    private async Task ServeAsync(Func<NetworkStream, Task> serve)
    {
        while (true)
        {
            var client = await listener.AcceptTcpClientAsync();
            _ = Task.Run(async () =>
            {
                using (client)
                {
                    await serve(client.GetStream());
                }
            });
        }
    }

    private async Task FloodAsync(System.IO.Stream peer, string text)
    {
        var bytes = Encoding.ASCII.GetBytes(string.Concat(System.Linq.Enumerable.Repeat(text, 65536 / text.Length)));
        for (long sent = 0; sent < 4 * Limit; sent += bytes.Length)
        {
            await peer.WriteAsync(bytes);
            longest = Math.Max(longest, sent + bytes.Length);
        }
    }
}
