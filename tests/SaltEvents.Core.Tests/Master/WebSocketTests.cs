using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Events;
using SaltEvents.Core.Master;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using Xunit;

namespace SaltEvents.Core.Tests.Master;

/// <summary>What only the WebSocket transport has; what all have is in <see cref="ChannelTests"/>.</summary>
public sealed class WebSocketTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Questions_share_a_connection_until_the_master_closes_it()
    {
        await using var server = WebSocketFakeServer.Open(question => question);
        using (var requests = new MasterRequests(server.Address, MasterTransport.WebSocket, Eventually.Limit))
        {
            for (var i = 0; i < 3; i++)
            {
                Assert.Equal(3L, ((PayloadMap)(await AskAsync(requests))!)["version"]);
            }
        }

        Assert.Equal(["GET /ws HTTP/1.1"], server.Requests);
    }

    [Fact]
    public async Task Text_is_not_an_answer_of_Salts()
    {
        await using var server = WebSocketFakeServer.Open(_ => Encoding.ASCII.GetBytes("hello"));
        server.AnswersWithText = true;
        using var requests = new MasterRequests(server.Address, MasterTransport.WebSocket, Eventually.Limit);
        Assert.Equal(MasterRequestReason.UnexpectedAnswer, (await FailAsync(requests)).Reason);
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n")]
    [InlineData("\u00ff\0\0\0\0\0\0\0\u0001\u007f", MasterRequestReason.MasterNotAnswering)] // a ZeroMQ greeting
    public async Task A_server_without_WebSocket_is_reported_with_what_the_master_may_have(
        string answer,
        MasterRequestReason reason = MasterRequestReason.UnexpectedAnswer
    )
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            using var accepted = await listener.AcceptSocketAsync();
            await accepted.ReceiveAsync(new byte[1024]);
            await accepted.SendAsync(Encoding.Latin1.GetBytes(answer));
            accepted.Shutdown(SocketShutdown.Send);
            await accepted.ReceiveAsync(new byte[1024]);
        });
        using var requests = new MasterRequests(
            new TcpBusAddress(TcpBusAddress.Loopback, ((IPEndPoint)listener.LocalEndpoint).Port),
            MasterTransport.WebSocket,
            Eventually.Limit
        );
        var error = await FailAsync(requests);
        await serving.Soon();
        Assert.Equal(reason, error.Reason);
        Assert.Contains("transport: zeromq or tcp", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_ssl_the_masters_certificate_is_checked_against_ca_certs()
    {
        using var certificate = NewCertificate("127.0.0.1", "master.pem");
        using var other = NewCertificate("127.0.0.1", "other.pem");
        using var own = NewCertificate("web1", "own.pem");
        await using var server = WebSocketFakeServer.Open(question => question, certificate);
        var tls = new MasterTls { TrustedPath = directory.In("master.pem"), CertificatePath = directory.In("own.pem") };
        using (var trusting = Requests(server, tls))
        {
            await AskAsync(trusting);
        }

        Assert.Equal("CN=web1", server.Shown.Single());
        foreach (var bad in new[] { tls with { TrustedPath = directory.In("other.pem") }, tls with { TrustedPath = null } })
        {
            using var refusing = Requests(server, bad);
            var error = await FailAsync(refusing);
            Assert.Equal(MasterRequestReason.UnexpectedAnswer, error.Reason);
            Assert.Contains("ca_certs", error.Message, StringComparison.Ordinal);
        }

        using var careless = Requests(server, tls with { TrustedPath = null, Verifies = false });
        await AskAsync(careless);
    }

    [Fact]
    public async Task With_ssl_the_certificate_must_be_for_the_address()
    {
        using var certificate = NewCertificate("192.0.2.1", "master.pem");
        await using var server = WebSocketFakeServer.Open(question => question, certificate);
        using var requests = Requests(server, new MasterTls { TrustedPath = directory.In("master.pem") });
        Assert.Contains("secure connection", (await FailAsync(requests)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_ssl_that_cannot_be_used_is_named()
    {
        await using var server = WebSocketFakeServer.Open(question => question);
        File.WriteAllText(directory.In("empty.pem"), "nothing");
        using var missing = Requests(server, new MasterTls { TrustedPath = directory.In("none.pem") });
        using var empty = Requests(server, new MasterTls { CertificatePath = directory.In("empty.pem") });
        Assert.Contains("none.pem, ca_certs of ssl", (await FailAsync(missing)).Message, StringComparison.Ordinal);
        Assert.Contains("empty.pem, certfile of ssl", (await FailAsync(empty)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_master_with_ssl_that_the_configuration_here_does_not_have_is_reported_as_such()
    {
        using var certificate = NewCertificate("127.0.0.1", "master.pem");
        await using var server = WebSocketFakeServer.Open(question => question, certificate);
        using var requests = new MasterRequests(server.Address, MasterTransport.WebSocket, Eventually.Limit);
        var error = await FailAsync(requests);
        Assert.Equal(MasterRequestReason.MasterNotAnswering, error.Reason);
        Assert.Contains("ssl in its configuration", error.Message, StringComparison.Ordinal);
    }

    private static MasterRequests Requests(WebSocketFakeServer server, MasterTls tls) =>
        new(server.Address, MasterTransport.WebSocket, Eventually.Limit, tls: tls);

    private static Task<object?> AskAsync(MasterRequests requests) =>
        requests.AskAsync(ChannelTestBase.Question, string.Empty, CancellationToken.None).Soon();

    private static Task<MasterRequestException> FailAsync(MasterRequests requests) =>
        Assert.ThrowsAsync<MasterRequestException>(() => AskAsync(requests));

    private X509Certificate2 NewCertificate(string name, string file)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        if (IPAddress.TryParse(name, out var ip))
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(ip);
            request.CertificateExtensions.Add(names.Build());
        }

        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(directory.In(file), made.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
