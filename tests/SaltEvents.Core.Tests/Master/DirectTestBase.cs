using System;
using System.Linq;
using System.Threading.Tasks;
using SaltEvents.Core.Master;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Master;

/// <summary>A minion with its keys, which fires events on masters.</summary>
public abstract class DirectTestBase : IDisposable
{
    private protected MinionHome Home { get; } = new();

    public void Dispose()
    {
        Home.Dispose();
        GC.SuppressFinalize(this);
    }

    internal static async Task<SaltMasterDelivery[]> FireAsync(MinionChannel channel) =>
        (await channel.FireAsync("my/tag", PublishTests.Data()).Soon()).ToArray();

    private protected async Task<SaltMasterDelivery> FireOnceAsync(FakeMaster master, Func<MinionChannelOptions, MinionChannelOptions>? change = null)
    {
        using var channel = MinionChannel.Open(change is null ? Home.Options(master) : change(Home.Options(master)));
        return Assert.Single(await FireAsync(channel));
    }
}
