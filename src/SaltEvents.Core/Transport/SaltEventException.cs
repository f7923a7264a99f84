using System;

namespace SaltEvents.Core.Transport;

/// <summary>The base of every error that this library throws on purpose.</summary>
public abstract class SaltEventException : Exception
{
    private protected SaltEventException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
