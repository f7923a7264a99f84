using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace SaltEvents.Core.Compat;

/// <summary>Reading streams into memory, which .NET Framework has only for arrays.</summary>
internal static class StreamIO
{
    public static ValueTask<int> ReadAsync(Stream stream, ArraySegment<byte> buffer, CancellationToken token) =>
#if NETFRAMEWORK
        new(stream.ReadAsync(buffer.Array!, buffer.Offset, buffer.Count, token));
#else
        stream.ReadAsync(buffer.AsMemory(), token);
#endif
}
