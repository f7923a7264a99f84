using System;

namespace SaltEvents;

/// <summary>The $EventArgs of an action of Register-SaltEvent.</summary>
public sealed class SaltEventArrivedEventArgs : EventArgs
{
    internal SaltEventArrivedEventArgs(SaltEvent saltEvent) => SaltEvent = saltEvent;

    /// <summary>The event.</summary>
    public SaltEvent SaltEvent { get; }

    /// <summary>Its tag.</summary>
    public string Tag => SaltEvent.Tag;

    /// <summary>Its payload.</summary>
    public object? Data => SaltEvent.Data;

    /// <inheritdoc/>
    public override string ToString() => SaltEvent.ToString();
}
