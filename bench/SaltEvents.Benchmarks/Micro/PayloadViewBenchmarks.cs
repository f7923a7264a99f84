using BenchmarkDotNet.Attributes;
using SaltEvents.Benchmarks.Events;
using SaltEvents.Core.Events;

namespace SaltEvents.Benchmarks.Micro;

/// <summary>One field out of a payload, with the others left as bytes.</summary>
[MemoryDiagnoser]
public class PayloadViewBenchmarks
{
    private readonly SaltEvent saltEvent = EventCodec.Decode(JobReturn.Body(0));

    /// <summary>A field near the start, one near the end, one that is not there.</summary>
    [Params("id", "fun", "missing")]
    public string Field { get; set; } = string.Empty;

    /// <summary>Finds and decodes it.</summary>
    [Benchmark]
    public object? TryGetValue() => saltEvent.Fields.TryGetValue(Field, out var value) ? value : null;
}
