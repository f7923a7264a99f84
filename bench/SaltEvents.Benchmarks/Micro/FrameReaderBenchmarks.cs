using BenchmarkDotNet.Attributes;
using SaltEvents.Benchmarks.Events;
using SaltEvents.Core.Framing;

namespace SaltEvents.Benchmarks.Micro;

/// <summary>Cutting what one read from a socket gave into frames.</summary>
[MemoryDiagnoser]
public class FrameReaderBenchmarks
{
    private const int Frames = 300;
    private readonly byte[] bytes = JobReturn.Frames(Frames);
    private readonly FrameReader reader = new();

    /// <summary>Time for one frame.</summary>
    [Benchmark(OperationsPerInvoke = Frames)]
    public int Read()
    {
        var total = 0;
        var buffer = reader.GetBuffer();
        bytes.CopyTo(buffer.Array!, buffer.Offset);
        reader.Advance(bytes.Length);
        while (reader.TryRead(out var body))
        {
            total += body.Length;
        }

        return total;
    }
}
