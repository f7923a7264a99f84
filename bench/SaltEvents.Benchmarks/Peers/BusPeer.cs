using System;
using System.Threading.Tasks;
using SaltEvents.Core.Server;

namespace SaltEvents.Benchmarks.Peers;

/// <summary>A process that runs an embedded bus and nothing else, until its standard input ends.</summary>
internal static class BusPeer
{
    public const string Verb = "peer-bus";

    public static async Task<int> RunAsync(string pub, string pull)
    {
        // Block: a sender in full flight waits for the slowest subscriber, so that nothing is dropped and the rate is the bus's own.
        var options = new EventBusServerOptions(PeerAddress.Endpoint(pub, pull)) { Overflow = SaltOverflow.Block };
        var bus = await EventBusServer.StartAsync(options);
        await using (bus)
        {
            Console.WriteLine($"ready {bus.Endpoint.PubText} {bus.Endpoint.PullText}");
            while (Console.ReadLine() is { } counter)
            {
                var counters = bus.Counters;
                Console.WriteLine($"{counter} {(counter == "subscribers" ? counters.Subscribers : counters.Dropped + counters.Malformed)}");
            }
        }

        return 0;
    }
}
