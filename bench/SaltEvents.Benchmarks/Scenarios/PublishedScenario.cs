using System.Threading.Tasks;
using SaltEvents.Benchmarks.Peers;
using SaltEvents.Core.Transport;

namespace SaltEvents.Benchmarks.Scenarios;

/// <summary>A scenario whose peer plays the pub side of a bus.</summary>
internal abstract class PublishedScenario(BenchmarkPlace place) : Scenario
{
    private PeerProcess? publisher;

    protected PeerProcess Publisher => publisher!;

    protected BusAddress Pub { get; private set; } = null!;

    public override async Task StartAsync()
    {
        publisher = await PeerProcess.StartAsync(PublisherPeer.Verb, PublisherPeer.Listen, place.NewBus().Pub.ToString()!);
        Pub = PeerAddress.Parse(publisher.Addresses[0]);
    }

    public override async ValueTask DisposeAsync()
    {
        if (publisher is not null)
        {
            await publisher.DisposeAsync();
        }
    }
}
