using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Server;
using SaltEvents.Core.Tests.Support;

namespace SaltEvents.Core.Tests.Server;

/// <summary>What the tests of a running bus share; each kind of place runs them all.</summary>
public abstract class BusTests<TPlace> : IDisposable
    where TPlace : BusPlace, new()
{
    protected TPlace Place { get; } = new();

    public void Dispose()
    {
        Place.Dispose();
        GC.SuppressFinalize(this);
    }

    protected Task<EventBusServer> StartAsync(Func<EventBusServerOptions, EventBusServerOptions>? change = null)
    {
        var options = new EventBusServerOptions(Place.Free());
        return EventBusServer.StartAsync(change is null ? options : change(options));
    }

    /// <summary>An event that carries its number, as long as wanted.</summary>
    protected static byte[] Numbered(int number, int bytes = 0) =>
        Frames.Event("n/" + number.ToString(CultureInfo.InvariantCulture), ("pad", new byte[bytes]));

    protected static int NumberOf(ReadOnlySpan<byte> body) =>
        int.Parse(EventCodec.Decode(body).Tag.AsSpan(2), CultureInfo.InvariantCulture);

    protected static int NumberOf(SaltEvent saltEvent) => NumberOf(saltEvent.Body.Span);

    private protected static async Task<List<int>> ReadNumbersAsync(EventSubscription subscription, int count)
    {
        var numbers = new List<int>(count);
        while (numbers.Count < count && await subscription.WaitToReadAsync().AsTask().Soon())
        {
            while (numbers.Count < count && subscription.TryRead(out var saltEvent))
            {
                numbers.Add(NumberOf(saltEvent!));
            }
        }

        return numbers;
    }

    /// <summary>The numbers that a raw subscriber reads, up to and with the last one wanted or the end of the stream.</summary>
    private protected static async Task<List<int>> ReadNumbersAsync(RawPeer peer, int last = -1)
    {
        var numbers = new List<int>();
        while (await peer.ReadBodyAsync() is { } body)
        {
            numbers.Add(NumberOf(body));
            if (numbers[^1] == last)
            {
                break;
            }
        }

        return numbers;
    }

    protected static IEnumerable<int> UpTo(int count) => Enumerable.Range(0, count);
}
