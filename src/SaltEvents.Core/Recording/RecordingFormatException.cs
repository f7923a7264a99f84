using System;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Recording;

/// <summary>A place of a recording does not contain an event. The rest can be read.</summary>
public sealed class RecordingFormatException : SaltEventException
{
    internal RecordingFormatException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
