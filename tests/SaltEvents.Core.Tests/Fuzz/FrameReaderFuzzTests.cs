using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Fuzz;

/// <summary>
/// Whatever arrives, and in whatever pieces: the same bodies, the same error, and no byte beyond those that arrived is looked at.
/// </summary>
public sealed class FrameReaderFuzzTests
{
    private static readonly IReadOnlyList<byte[]> Corpus = RecordedEvent.All.Select(r => r.Frame).Where(f => f.Length < 2000).ToList();

    [Fact]
    public Task Changed_frames() => Fuzzer.RunAsync(Stream, (random, stream) =>
    {
        var limit = Mutation.Any([FrameLimits.DefaultMaxFrameBytes, 100, 4096], random);
        var whole = Read(stream, limit, () => stream.Length, random);
        for (var i = 0; i < 3; i++)
        {
            var most = Mutation.Any([1, 3, 64, 1000], random);
            Assert.Equal(whole, Read(stream, limit, () => random.Next(1, most + 1), random));
        }
    });

    private static byte[] Stream(Random random) =>
        Mutation.Of([Frames.Join(Enumerable.Range(0, random.Next(1, 4)).Select(_ => Frame(random)))], random);

    private static byte[] Frame(Random random)
    {
        var frame = Mutation.Any(Corpus, random);
        return random.Next(2) == 0 ? frame : Frames.Prefixed(frame);
    }

    // What comes out, as text: each body with its format, then the error or what is left.
    private static List<string> Read(byte[] stream, int limit, Func<int> piece, Random random)
    {
        var reader = new FrameReader(limit);
        var seen = new List<string>();
        var taken = 0;
        for (var fed = 0; fed < stream.Length && reader.Problem is null;)
        {
            var buffer = reader.GetBuffer();
            Beyond(buffer, random);
            var count = Math.Min(Math.Min(piece(), stream.Length - fed), buffer.Count);
            stream.AsSpan(fed, count).CopyTo(buffer.AsSpan());
            reader.Advance(count);
            fed += count;
            while (reader.TryRead(out var body))
            {
                seen.Add($"{reader.Format} {Convert.ToHexString(body.ToArray())}");
                taken = fed - reader.Unread.Length;
            }

            Assert.Equal(fed - taken, reader.Unread.Length);
        }

        seen.Add(reader.Problem is null ? $"{reader.Unread.Length} left" : "problem");
        Assert.True(reader.Problem is null || stream.AsSpan().IndexOf(reader.Problem.FirstBytes) >= 0);
        return seen;
    }

    // The rest of the buffer, after the bytes that have arrived, differs each time and must not matter.
    private static void Beyond(ArraySegment<byte> buffer, Random random) =>
        buffer.AsSpan(0, Math.Min(buffer.Count, 4096)).Fill((byte)random.Next(256));
}
