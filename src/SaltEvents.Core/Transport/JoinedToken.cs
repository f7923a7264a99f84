using System;
using System.Threading;

namespace SaltEvents.Core.Transport;

/// <summary>
/// What two tokens cancel. They are joined once something has to wait for it, so that work that waits for nothing costs no source.
/// </summary>
internal sealed class JoinedToken(CancellationToken one, CancellationToken other) : IDisposable
{
    private CancellationTokenSource? source;

    public CancellationToken Token => (source ??= CancellationTokenSource.CreateLinkedTokenSource(one, other)).Token;

    public void Dispose() => source?.Dispose();
}
