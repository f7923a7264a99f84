namespace SaltEvents.Core.Framing;

/// <summary>Frames <paramref name="First"/> up to but not including <paramref name="End"/> of a batch.</summary>
internal readonly record struct FrameRun(FrameBatch Batch, int First, int End)
{
    public int Count => End - First;

    public int Offset => Batch.Offset(First);

    public int Length => Batch.Offset(End) - Batch.Offset(First);

    /// <summary>How many bytes at its start have been sent already.</summary>
    public int Sent { get; init; }

    /// <summary>The bytes that are still to be sent.</summary>
    public System.ArraySegment<byte> Bytes => new(Batch.Bytes, Offset + Sent, Length - Sent);
}
