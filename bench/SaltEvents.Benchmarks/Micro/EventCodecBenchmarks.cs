using System;
using BenchmarkDotNet.Attributes;
using SaltEvents.Benchmarks.Events;
using SaltEvents.Core.Events;

namespace SaltEvents.Benchmarks.Micro;

/// <summary>A body to an event and back, and its payload decoded whole.</summary>
[MemoryDiagnoser]
public class EventCodecBenchmarks
{
    private readonly string tag = JobReturn.Tag(0);
    private readonly PayloadMap payload = JobReturn.Payload(0);
    private readonly DateTime stamp = DateTime.UtcNow;
    private readonly byte[] body = JobReturn.Body(0);
    private readonly SaltEvent saltEvent = EventCodec.Decode(JobReturn.Body(0));

    /// <summary>Body to event: nothing but the tag's end is looked for.</summary>
    [Benchmark]
    public SaltEvent Decode() => EventCodec.Decode(body);

    /// <summary>The whole payload.</summary>
    [Benchmark]
    public object? DecodePayload() => saltEvent.Fields.Decode();

    /// <summary>Tag and payload to a body, as firing does it.</summary>
    [Benchmark]
    public byte[] Encode() => EventCodec.Encode(tag, payload, stamp);

    /// <summary>An event's own bytes with a new time, as replaying does it.</summary>
    [Benchmark]
    public byte[] EncodeAgain() => EventCodec.Encode(tag, saltEvent, stamp);
}
