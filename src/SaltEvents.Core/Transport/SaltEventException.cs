using System;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Transport;

/// <summary>
/// The base of every error that this library throws on purpose. Its message can be shown on a terminal, whatever a peer has put into it.
/// </summary>
public abstract class SaltEventException : Exception
{
    private protected SaltEventException(string message, Exception? inner = null)
        : base(DisplayText.OneLine(message), inner)
    {
    }
}
