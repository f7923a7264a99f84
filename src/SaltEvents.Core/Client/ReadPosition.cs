using System.Threading;

namespace SaltEvents.Core.Client;

/// <summary>
/// How far a reader has compared the events of an <see cref="EventQueue"/> with its filter: none before it passes. Without it, each read
/// would compare all events that wait for other readers again.
/// </summary>
internal sealed class ReadPosition
{
    private long number;

    /// <summary>The number of the first event that may pass. Of several threads any may set it: each has compared what comes before.</summary>
    public long Number
    {
        get => Interlocked.Read(ref number);
        set => Interlocked.Exchange(ref number, value);
    }
}
