using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using Xunit;

namespace SaltEvents.Core.Tests.Support;

/// <summary>Listening and firing in one call.</summary>
internal static class EventBusClientExtensions
{
    /// <summary>Subscribes and waits for one event; null if none came in time.</summary>
    public static async Task<SaltEvent?> GetEventAsync(
        this EventBusClient client,
        string? tag,
        TimeSpan wait,
        CancellationToken token = default
    )
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(token);
        await using var subscription = await client.SubscribeAsync(new TagFilter([tag ?? string.Empty]), token);
        deadline.CancelAfter(wait);
        try
        {
            while (await subscription.WaitToReadAsync(deadline.Token))
            {
                if (subscription.TryRead(out var saltEvent))
                {
                    return saltEvent;
                }
            }
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            return null;
        }

        subscription.ThrowIfBroken();
        return null;
    }

    /// <summary>Subscribes and reads until the bus goes away.</summary>
    public static async IAsyncEnumerable<SaltEvent> ReadEventsAsync(
        this EventBusClient client,
        IEnumerable<string>? tags = null,
        [EnumeratorCancellation] CancellationToken token = default
    )
    {
        await using var subscription = await client.SubscribeAsync(new TagFilter(tags), token);
        while (await subscription.WaitToReadAsync(token))
        {
            while (subscription.TryRead(out var saltEvent))
            {
                yield return saltEvent!;
            }
        }

        subscription.ThrowIfBroken();
    }

    /// <summary>Fires an event on the master through a minion's bus.</summary>
    public static Task<byte[]> FireMasterAsync(this EventBusClient client, string tag, PayloadMap data) =>
        client.FireBodyAsync(FireMasterEvent.Encode(tag, data, DateTime.UtcNow, int.MaxValue, out _)).AsTask();

    /// <summary>Completes the sending connection towards a peer that has read everything.</summary>
    public static async Task CompleteAsyncWhen(this EventBusClient client, RawPeer peer)
    {
        var complete = client.CompleteAsync(Eventually.Limit, default);
        Assert.Empty(await peer.ReadAsync(1));
        peer.Dispose();
        Assert.True(await complete.Soon());
    }
}
