using System;
using System.Threading;

namespace SaltEvents.Core.Transport;

/// <summary>
/// A token that two tokens cancel. They are joined once something waits for it, so that work without waiting costs no source.
/// </summary>
internal sealed class LinkedToken(CancellationToken one, CancellationToken other) : IDisposable
{
    private CancellationTokenSource? source;

    public CancellationToken Token => (source ??= CancellationTokenSource.CreateLinkedTokenSource(one, other)).Token;

    public void Dispose() => source?.Dispose();
}
