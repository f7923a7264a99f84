using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Nats;
using SaltEvents.Core.Tests.Support;

namespace SaltEvents.Core.Tests.Nats;

/// <summary>Reads a stream for a test, and keeps what it reads: for each site the numbers in the events, in their order.</summary>
internal sealed class NatsListener : IAsyncDisposable
{
    private readonly IEventSubscription subscription;
    private readonly Task work;

    private NatsListener(IEventSubscription subscription)
    {
        this.subscription = subscription;
        work = Task.Run(ReadAsync);
    }

    public ConcurrentDictionary<string, ConcurrentQueue<long>> Numbers { get; } = new();

    /// <summary>The last number of each site.</summary>
    public ConcurrentDictionary<string, long> Last { get; } = new();

    public ConcurrentQueue<StreamStatus> Statuses { get; } = new();

    public static async Task<NatsListener> StartAsync(IReadOnlyList<Uri> servers, NatsReadOptions? read = null, params string[] tags) =>
        new(await NatsSite.Connect(servers).SubscribeAsync(new TagFilter(tags), NatsSite.Listening, read ?? new NatsReadOptions()));

    public int Count(string site) => Numbers.TryGetValue(site, out var numbers) ? numbers.Count : 0;

    public bool HasSeen(StreamState state) => Statuses.Any(s => s.Kind == state);

    public override string ToString() =>
        $"{string.Join(", ", Last)} {subscription.EndReason} {string.Join(" | ", Statuses.Select(s => $"{s.Time:mm:ss.fff} {s.Message}"))}";

    public async ValueTask DisposeAsync()
    {
        await subscription.DisposeAsync();
        await work.Soon();
    }

    private async Task ReadAsync()
    {
        do
        {
            while (subscription.TryReadStatus(out var status))
            {
                Statuses.Enqueue(status!);
            }

            while (subscription.TryRead(out var saltEvent))
            {
                var number = Convert.ToInt64(
                    saltEvent!.Fields.TryGetValue("n", out var n) ? n : -1,
                    System.Globalization.CultureInfo.InvariantCulture
                );
                Numbers.GetOrAdd(saltEvent.Site!, _ => []).Enqueue(number);
                Last[saltEvent.Site!] = number;
                (subscription as IStoredEvents)?.Acknowledge();
            }
        }
        while (await subscription.WaitToReadAsync());
    }
}
