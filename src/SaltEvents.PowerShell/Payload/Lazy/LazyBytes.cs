using System;

namespace SaltEvents.Payload.Lazy;

/// <summary>Binary data, or text that is not UTF-8.</summary>
internal sealed class LazyBytes(ReadOnlyMemory<byte> packed, byte[] bytes) : LazyNode(packed)
{
    public override object Data => bytes;

    public override object Raw => bytes;

    // The bytes are the end of the value, behind its head.
    public override bool Settle() => IsEdited = !Packed.Span.Slice(Packed.Length - bytes.Length).SequenceEqual(bytes);

    protected override object? Build(string path) => bytes;
}
