using System;
using System.Collections.Generic;
using System.Linq;
using SaltEvents.Core.ZeroMq;
using Xunit;

namespace SaltEvents.Core.Tests.ZeroMq;

/// <summary>Which frames of a ZeroMQ peer are taken as messages, cut at every place.</summary>
public sealed class ZmtpFrameTests
{
    private const int Limit = 1000;

    /// <summary>
    /// Old, the first frame is an identity, what this end does, the bytes, how many of them come before what is wrong; -1 where nothing is.
    /// </summary>
    public static IEnumerable<object[]> Cases =>
    [
        // One part after another, of length 0 too, short and long.
        [false, false, "Pull", "0003010203" + "0000" + "0001FF", -1],
        [false, false, "Pull", "02000000000000000107" + "0200000000000003E8", -1],
        [false, false, "Pull", "00010702" + "00000000000003E9", 3], // one byte above the limit
        [false, false, "Subscribe", "02FFFFFFFFFFFFFFFF", 0],
        [false, false, "Publish", "0001010002016100", -1],

        // A message of several parts.
        [false, false, "Pull", "0001070101080001", 3],
        [false, false, "Pull", "01000001", 0], // nor an empty one before a message
        [false, false, "Subscribe", "0100", 0],
        [false, false, "Publish", "0101010001", 0],
        [false, false, "Subscribe", "030000000000000001", 0],

        // A master's answer has an empty part before it, and one alone.
        [false, false, "Request", "0100000107" + "0100000108", -1],
        [false, false, "Request", "0100" + "0100", 2],
        [false, false, "Request", "0100" + "010107", 2],
        [false, false, "Request", "010107", 0],
        [false, false, "Request", "0100" + "0200000000000003E9", 2],

        // A bus says nothing to a sender.
        [false, false, "Push", "0000", 0],
        [false, true, "Push", "0000" + "0000", 2],

        // Commands, and flags that there are not.
        [false, false, "Pull", "0400", 0],
        [false, false, "Pull", "00010104055049", 3],
        [false, false, "Pull", "FF", 0],

        // libzmq 2 and 3 send an identity first. To libzmq 2 a length counts the flags that follow it.
        [false, true, "Pull", "0003610000" + "0001", -1],
        [false, true, "Pull", "0100", 0],
        [true, true, "Pull", "0100" + "040003040506000304050607", -1],
        [true, true, "Pull", "0100" + "FF00000000000000020007", -1],
        [true, true, "Pull", "0100" + "020107", 2],
        [true, true, "Push", "0100" + "0100", 2],
        [true, true, "Pull", "0100" + "00", 2],
        [true, true, "Pull", "FF000000000000000000", 0],
        [true, true, "Pull", "0100" + "FF00000000000003EA00", 2],
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Frames_that_Salt_never_sends_are_found_before_they_are_passed_on(bool isOld, bool hasIdentity, string role, string hex, int good)
    {
        var bytes = Convert.FromHexString(hex);
        ZmtpFrames New() => new(isOld, hasIdentity, Enum.Parse<ZeroMqRole>(role), Limit);
        var whole = New();
        Assert.Equal(good < 0 ? bytes.Length : good, whole.Take(bytes));
        Assert.Equal(good >= 0, whole.Problem is not null);
        foreach (var cut in Enumerable.Range(0, bytes.Length + 1))
        {
            var pieces = New();
            var first = pieces.Take(bytes.AsSpan(0, cut));
            var taken = pieces.Problem is null ? first + pieces.Take(bytes.AsSpan(cut)) : first;
            Assert.Equal(whole.Problem, pieces.Problem);
            // The start of a frame's head may have passed before the rest of it shows what is wrong.
            Assert.True(taken == (good < 0 ? bytes.Length : good) || (good >= 0 && cut > good && taken == cut), $"cut at {cut}: {taken}");
        }
    }
}
