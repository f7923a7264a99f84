using System;

namespace SaltEvents.Core.Events;

/// <summary>A value that is msgpack already: a part of a payload that is sent again as it was.</summary>
internal sealed class PayloadBytes(ReadOnlyMemory<byte> packed)
{
    public ReadOnlyMemory<byte> Packed { get; } = packed;
}
