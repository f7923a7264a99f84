using System;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Events;

/// <summary>A frame's body is not an event, or an event's payload is not msgpack. The stream continues after it.</summary>
public sealed class EventFormatException : SaltEventException
{
    internal EventFormatException(string problem, ReadOnlySpan<byte> body, Exception? inner = null)
        : base($"Not a Salt event: {problem}. It starts with \"{TextSupport.Preview(body)}\".", inner)
    {
    }
}
