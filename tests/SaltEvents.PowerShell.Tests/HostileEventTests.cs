using System;
using System.Collections.Generic;
using System.Linq;
using SaltEvents.Core.Framing;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>Events as no sender should make them: one warning each, with the tag and the first bytes, and the stream goes on.</summary>
public sealed class HostileEventTests : IDisposable
{
    private readonly Shell shell = new();
    private readonly FakeBus bus;

    public HostileEventTests() => bus = new FakeBus(shell.Directory);

    public static TheoryData<byte[], string> Payloads =>
        new()
        {
            {
                [0xC1, 0xFF, (byte)'x'],
                "The payload of the event bad is not msgpack, so Data has its bytes. It starts with \"\\xc1\\xffx\"."
            },
            { [], "The payload of the event bad is not msgpack, so Data has its bytes. It starts with \"\"." },
            { [0x81, 0xA1], "The payload of the event bad is not msgpack, so Data has its bytes. It starts with \"\\x81\\xa1\"." },
            { [0x80, 0x80], "The payload of the event bad is not msgpack, so Data has its bytes. It starts with \"\\x80\\x80\"." },
            {
                [.. Enumerable.Repeat((byte)0x81, 1_000_000), .. new byte[1_000_001]],
                $"The payload of the event bad is nested deeper than 512 levels, so Data has its bytes. It starts with \"{string.Concat(Enumerable.Repeat("\\x81", 48))}...\"."
            },
        };

    [Theory]
    [MemberData(nameof(Payloads))]
    public void A_bad_payload_is_one_warning_and_its_bytes(byte[] payload, string warning)
    {
        var result = Watch(2, [.. "bad\n\n"u8, .. payload], [.. "good\n\n"u8, 0x80]);

        Assert.Equal(["bad", "good"], result.Tags());
        Assert.Equal([warning], result.Warnings);
        shell["bad"] = result.Output[0];
        Assert.Equal(payload, (byte[])Assert.Single(shell.Run(",$bad.Data").Good().Output).BaseObject);
    }

    [Fact]
    public void A_body_without_a_tag_is_skipped_with_its_first_bytes_in_a_warning()
    {
        var result = Watch(2, [.. "first\n\n"u8, 0x80], [.. "no delimiter"u8, 0x80], [.. "last\n\n"u8, 0x80]);

        Assert.Equal(["first", "last"], result.Tags());
        Assert.Contains("A message on the bus was skipped. Not a Salt event", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Contains("\"no delimiter\\x80\"", result.Warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_tag_that_is_not_UTF_8_is_shown_as_far_as_it_can_be()
    {
        var result = Watch(1, [0xFF, .. "/x\n\n"u8, 0x80]);

        Assert.Equal(["\uFFFD/x"], result.Tags());
        Assert.Empty(result.Warnings);
    }

    public void Dispose()
    {
        bus.Dispose();
        shell.Dispose();
    }

    private ShellResult Watch(int count, params IEnumerable<byte[]> bodies)
    {
        using var run = shell.Start($"Watch-SaltEvent -SockDir $dir -Count {count}");
        var listener = bus.AcceptListener();
        foreach (var body in bodies)
        {
            var output = new System.Buffers.ArrayBufferWriter<byte>();
            FrameWriter.Write(output, body);
            listener.Send(output.WrittenSpan);
        }

        return run.Finish().Good();
    }
}
