using System;
using System.Linq;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.ZeroMq;
using Xunit;

namespace SaltEvents.Core.Tests.ZeroMq;

/// <summary>What the first bytes of a peer show, cut at every position.</summary>
public sealed class ZmtpGreetingTests
{
    private static readonly byte[] Signature = [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F];
    private static readonly byte[] Greeting = [.. Signature, 3, 0, .. "NULL"u8, .. new byte[16 + 32]];

    private static byte[] Ready(params byte[] properties) => [4, (byte)(6 + properties.Length), 5, .. "READY"u8, .. properties];

    private static byte[] Property(string name, params byte[] value) =>
        [(byte)name.Length, .. Frames.Utf8(name), 0, 0, 0, (byte)value.Length, .. value];

    [Fact]
    public void A_peer_of_today_is_complete_with_its_command_and_not_before()
    {
        byte[] start = [.. Greeting, .. Ready([.. Property("Socket-Type", 1, 2, 3), .. Property("Identity")])];
        byte[] all = [.. start, 0, 1, 9];
        foreach (var cut in Enumerable.Range(0, start.Length))
        {
            var greeting = new ZmtpGreeting();
            Assert.Equal(cut, greeting.Take(all.AsSpan(0, cut)));
            Assert.False(greeting.IsComplete || greeting.IsNotZeroMq);
            Assert.Equal(Math.Min(cut, 64), greeting.Passable);
            greeting.Take(all.AsSpan(cut));
            Assert.True(greeting.IsComplete && !greeting.IsNotZeroMq);
            Assert.Equal(all, greeting.Bytes.AsSpan(0, greeting.Passable).ToArray());
            Assert.Equal((257, 265), (greeting.WireLength(255), greeting.WireLength(256)));
        }
    }

    [Fact]
    public void A_peer_of_libzmq_2_is_complete_at_once()
    {
        var greeting = new ZmtpGreeting();
        greeting.Take([1]);
        Assert.True(greeting.IsComplete && !greeting.IsNotZeroMq);
        Assert.Equal((1, 0), (greeting.Passable, greeting.FramesOffset));
        Assert.Equal((255, 264), (greeting.WireLength(253), greeting.WireLength(254)));
    }

    [Fact]
    public void A_peer_of_libzmq_3_is_complete_with_its_sockets_type()
    {
        var greeting = new ZmtpGreeting();
        greeting.Take([.. Signature, 1]);
        Assert.False(greeting.IsComplete);
        greeting.Take([8, 0, 0]);
        Assert.True(greeting.IsComplete && !greeting.IsNotZeroMq);
        Assert.Equal(12, greeting.FramesOffset);
        Assert.Equal(257, greeting.WireLength(255));
    }

    [Fact]
    public void Anything_else_is_not_ZeroMq()
    {
        foreach (var bytes in new byte[][]
        {
            [0x82], [0], [.. "HTTP"u8], [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7E], [.. Signature, 0],
            [.. Greeting, 0], [.. Greeting, 6],
            [.. Greeting, 4, 0], [.. Greeting, 4, 6, 5, .. "ERROR"u8],
            [.. Greeting, .. Ready(1)], [.. Greeting, .. Ready(1, (byte)'x', 0, 0, 0)],
            [.. Greeting, .. Ready(1, (byte)'x', 0, 0, 0, 1)], [.. Greeting, .. Ready(1, (byte)'x', 0xFF, 0xFF, 0xFF, 0xFF)],
            [.. Greeting, .. Ready(1, (byte)'x', 0x7F, 0xFF, 0xFF, 0xFF, 1)], [.. Greeting, .. Ready(255, 1)],
        })
        {
            var greeting = new ZmtpGreeting();
            greeting.Take(bytes);
            Assert.True(greeting.IsNotZeroMq && greeting.IsComplete, Convert.ToHexString(bytes));
        }

        Assert.False(new ZmtpGreeting().IsNotZeroMq);
    }
}
