using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Master;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Tests.ZeroMq;
using Xunit;

namespace SaltEvents.Core.Tests.Master;

/// <summary>Answers that the request channel cannot use.</summary>
[Collection(GlobalState.Name)]
public sealed class ChannelAnswerTests : ChannelTestBase
{
    [Theory]
    [InlineData(new byte[] { 0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F })] // a ZeroMQ greeting
    [InlineData(new byte[] { 0xDF, 0xFF, 0xFF, 0xFF, 0xFF })] // a map of four thousand million entries
    [InlineData(new byte[] { 0xC6, 0xFF, 0xFF, 0xFF, 0xFF })] // four GiB of bytes
    [InlineData(new byte[] { 0xC1 })] // never used in msgpack
    [InlineData(new byte[] { 0x81, 0xA4, 0x68, 0x65, 0x61, 0x64, 0x01 })] // {"head": 1}
    public async Task A_frame_that_Salt_does_not_send_is_an_error(byte[] answer)
    {
        using var requests = new MasterRequests(Silent, MasterTransport.Tcp, Eventually.Limit);
        var asking = FailAsync(requests);
        using var peer = await Listener.AcceptSocketAsync().Soon();
        await peer.SendAsync(answer);

        Assert.Equal(MasterRequestReason.UnexpectedAnswer, (await asking).Reason);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task An_answer_that_is_longer_than_any_of_Salts_is_an_error(MasterTransport transport)
    {
        await using var server = FakeMasterServer.Open(transport, _ => FakeMaster.Pack(new byte[2000]));
        using var enough = new MasterRequests(server.Address, transport, Eventually.Limit, 2003);
        using var tooLittle = new MasterRequests(server.Address, transport, Eventually.Limit, 900);

        Assert.Equal(2000, ((byte[])(await enough.AskAsync(Question, string.Empty, CancellationToken.None).Soon())!).Length);
        Assert.Equal(MasterRequestReason.UnexpectedAnswer, (await FailAsync(tooLittle)).Reason);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_small_answer_that_would_be_a_thousand_million_bytes_of_values_is_an_error(MasterTransport transport)
    {
        const int Count = 20_000_000;
        byte[] answer =
        [
            0xDD,
            Count >> 24,
            (Count >> 16) & 0xFF,
            (Count >> 8) & 0xFF,
            Count & 0xFF,
            .. Enumerable.Repeat((byte)0x80, Count),
        ];
        await using var server = FakeMasterServer.Open(transport, _ => answer);
        using var requests = new MasterRequests(server.Address, transport, Eventually.Limit);
        var before = GC.GetTotalAllocatedBytes();

        Assert.Equal(MasterRequestReason.UnexpectedAnswer, (await FailAsync(requests)).Reason);
        Assert.True(GC.GetTotalAllocatedBytes() - before < 400_000_000);
    }

    [Fact]
    public async Task A_head_that_is_nested_too_deep_is_an_error()
    {
        using var requests = new MasterRequests(Silent, MasterTransport.Tcp, Eventually.Limit);
        var asking = FailAsync(requests);
        using var peer = await Listener.AcceptSocketAsync().Soon();
        await peer.SendAsync((byte[])[0x81, 0xA4, .. "head"u8, .. Enumerable.Repeat((byte)0x91, FrameLimits.MaxPayloadDepth + 2), 0xC0]);

        Assert.Equal(MasterRequestReason.UnexpectedAnswer, (await asking).Reason);
    }

    [Fact]
    public async Task A_hostile_master_gets_an_error_and_no_more()
    {
        byte[][] answers =
        [
            [0, 2, 0xC0, 0xC0], // no empty frame before it
            [1, 1, 0, 0, 1, 0xC1], // another frame before it
            [1, 0, 0, 0], // an empty answer
            [1, 0, 1, 1, 0xC0, 0, 1, 0xC0], // two answers in one message
            [1, 0, 2, 0, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF], // two GiB
            [1, 0, 4, 5, 4, .. "PING"u8],
        ];
        var greetings = HostileZeroMq.Greetings("ROUTER").Concat(HostileZeroMq.Noise("ROUTER", 50));
        foreach (var bytes in greetings.Concat(answers.Select(a => HostileZeroMq.Greeted("ROUTER", a))))
        {
            using var requests = new MasterRequests(Silent, MasterTransport.ZeroMq, Eventually.Limit);
            var asking = requests.AskAsync(Question, string.Empty, CancellationToken.None);
            using (var peer = await RawPeer.AcceptAsync(Listener.Server))
            {
                await peer.SendAsync(bytes);
                _ = await peer.ReadAsync(1);
            }

            try
            {
                await asking.Soon();
            }
            catch (MasterRequestException e)
            {
                Assert.True(e.Reason is MasterRequestReason.MasterNotAnswering or MasterRequestReason.UnexpectedAnswer, e.ToString());
            }
        }

        await using var server = FakeMasterServer.Open(MasterTransport.ZeroMq, _ => FakeMaster.Pack("still here"));
        using var next = new MasterRequests(server.Address, MasterTransport.ZeroMq, Eventually.Limit);
        Assert.Equal("still here", await next.AskAsync(Question, string.Empty, CancellationToken.None).Soon());
    }

    [Fact]
    public async Task A_peer_without_the_greeting_of_ZeroMQ_is_reported_at_once()
    {
        using var requests = new MasterRequests(Silent, MasterTransport.ZeroMq, Eventually.Limit);
        var asking = FailAsync(requests);
        using var peer = await Listener.AcceptSocketAsync().Soon();
        await peer.SendAsync(FakeMaster.Pack(new PayloadMap { { "head", new PayloadMap() } })!);

        var error = await asking;

        Assert.Equal(MasterRequestReason.UnexpectedAnswer, error.Reason);
        Assert.Contains("transport: tcp", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_is_not_msgpack_is_an_error()
    {
        await using var server = FakeMasterServer.Open(MasterTransport.ZeroMq, _ => [0xC1]);
        using var requests = new MasterRequests(server.Address, MasterTransport.ZeroMq, Eventually.Limit);

        Assert.Equal(MasterRequestReason.UnexpectedAnswer, (await FailAsync(requests)).Reason);
    }

    [Fact]
    public void A_value_is_found_however_it_is_cut()
    {
        var value = FakeMaster.Pack(
            new PayloadMap
            {
                {
                    "head",
                    new PayloadMap { { "mid", "1" } }
                },
                { "body", new object?[] { 1, "text", new byte[300], null } },
            }
        )!;
        for (var piece = 1; piece <= value.Length; piece++)
        {
            var scanner = new MessagePackWalker(0, 1);
            var arrived = 0;
            do
            {
                Assert.True(arrived < value.Length);
                arrived = Math.Min(arrived + piece, value.Length);
            }
            while (scanner.Walk(value.AsSpan(0, arrived)) != WalkResult.Done);
            Assert.Equal((value.Length, value.Length), ((int)scanner.Position, arrived));
        }
    }
}
