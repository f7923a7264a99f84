using System;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;

namespace SaltEvents.Payload.Lazy;

/// <summary>
/// A value of a payload that can be edited in its place: a map, a list, bytes. It keeps its msgpack bytes, is decoded
/// when it is asked for, and knows whether what a script sees of it is still what those bytes say.
/// </summary>
internal abstract class LazyNode(ReadOnlyMemory<byte> packed)
{
    /// <summary>The value as it was on the bus.</summary>
    public ReadOnlyMemory<byte> Packed { get; } = packed;

    /// <summary>The value as Data shows it; always the same object, so that an edit stays.</summary>
    public abstract object Data { get; }

    /// <summary>The value as Raw shows it; always the same object.</summary>
    public abstract object Raw { get; }

    /// <summary>Whether <see cref="Settle"/> found an edit, here or in what this contains.</summary>
    protected bool IsEdited { get; set; }

    /// <summary>A decoded value: a node for what can be edited, else the value itself.</summary>
    public static object? Read(ReadOnlyMemory<byte> packed)
    {
        var code = packed.Span[0];
        if (MessagePackToken.IsMapCode(code))
        {
            return new LazyMap(packed);
        }

        if (MessagePackToken.IsArrayCode(code))
        {
            return new LazyList(packed);
        }

        var value = PayloadDecoder.Decode(packed);
        return value is byte[] bytes ? new LazyBytes(packed, bytes) : PayloadObjects.ToShared(value);
    }

    /// <summary>
    /// A payload, decoded in the walk that looks whether it can be; a byte array if it cannot: it is not msgpack, or nested too deep.
    /// </summary>
    public static object? ReadPayload(ReadOnlyMemory<byte> payload)
    {
        if (!payload.IsEmpty && MessagePackToken.IsMapCode(payload.Span[0]))
        {
            var map = new LazyMap(payload, FrameLimits.MaxPayloadDepth);
            return map.IsWhole ? map : payload.ToArray();
        }

        return MessagePackToken.IsOneValue(payload.Span, FrameLimits.MaxPayloadDepth) ? Read(payload) : payload.ToArray();
    }

    public static object? DataOf(object? value) => value is LazyNode node ? node.Data : value;

    public static object? RawOf(object? value) => value is LazyNode node ? node.Raw : value;

    /// <summary>A value for the encoder: its own bytes, unless it was edited.</summary>
    /// <param name="path">Its place in the payload, for errors.</param>
    /// <exception cref="InvalidEventException">A script has put something there that the bus cannot carry.</exception>
    public object? ToPayload(string path) => IsEdited ? Build(path) : new PayloadBytes(Packed);

    /// <summary>Looks whether a script has edited what it was shown; looks at nothing that was never shown.</summary>
    public abstract bool Settle();

    protected abstract object? Build(string path);
}
