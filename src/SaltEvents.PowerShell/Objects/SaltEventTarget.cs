using System;
using SaltEvents.Core.Protocols;

namespace SaltEvents;

/// <summary>An object that names a bus: a bus that this process runs, or a session on any bus. Safe to use from other runspaces.</summary>
public abstract class SaltEventTarget
{
    private protected SaltEventTarget(int id, BusEndpoint endpoint, SaltNode? node)
    {
        Id = id;
        Endpoint = endpoint;
        Node = node;
    }

    /// <summary>A substitute for it in a test, without a bus.</summary>
    private protected SaltEventTarget() => Endpoint = null!;

    /// <summary>Its number, unique in the process.</summary>
    public int Id { get; }

    /// <summary>Whose bus it is; null if that is not known (ports do not show it).</summary>
    public SaltNode? Node { get; }

    /// <summary>Where a listener connects: a path, or host:port.</summary>
    public string PubAddress => Endpoint?.PubText ?? string.Empty;

    /// <summary>Where a sender connects: a path, or host:port.</summary>
    public string PullAddress => Endpoint?.PullText ?? string.Empty;

    /// <summary>What carries events between the bus and its clients.</summary>
    public SaltTransport Transport => Endpoint?.Protocol.Transport ?? SaltTransport.Stream;

    /// <summary>Whether it is live: false for a substitute in a test, which has no endpoint.</summary>
    internal bool IsLive => Endpoint is not null;

    /// <summary>The bus that was given where this session belongs, or the session where this bus does; null for any other.</summary>
    internal SaltEventTarget? Meant { get; init; }

    internal BusEndpoint Endpoint { get; }

    internal abstract bool IsOpen { get; }

    /// <summary>Called when it is closed.</summary>
    internal event Action<SaltEventTarget>? Closed;

    internal void Close()
    {
        End();
        Closed?.Invoke(this);
        Closed = null;
    }

    /// <summary>Ends what it has running. It may have ended already.</summary>
    private protected abstract void End();
}
