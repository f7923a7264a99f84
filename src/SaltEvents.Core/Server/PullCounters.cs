using System.Threading;

namespace SaltEvents.Core.Server;

/// <summary>What came in through the pull socket; counted from many connections at once.</summary>
internal sealed class PullCounters
{
    private long events;
    private long bytes;
    private long malformed;

    public long Events => Interlocked.Read(ref events);

    public long Bytes => Interlocked.Read(ref bytes);

    public long Malformed => Interlocked.Read(ref malformed);

    public void AddEvents(int count) => Interlocked.Add(ref events, count);

    public void AddBytes(int count) => Interlocked.Add(ref bytes, count);

    public void AddMalformed() => Interlocked.Increment(ref malformed);
}
