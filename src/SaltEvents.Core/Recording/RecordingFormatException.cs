using System;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Recording;

/// <summary>What stands at a place of a recording is not an event. What follows it can be read.</summary>
public sealed class RecordingFormatException : SaltEventException
{
    internal RecordingFormatException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
