using System;

namespace SaltEvents.Core.Master;

/// <summary>The result of a sign-in: the shared key and the protocol version that it is for.</summary>
internal sealed class MinionSession(int version, Crypticle messages) : IDisposable
{
    public int Version { get; } = version;

    public Crypticle Messages { get; } = messages;

    public void Dispose() => Messages.Dispose();
}
