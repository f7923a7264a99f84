using System;
using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using SaltEvents.Core.ZeroMq;
using Xunit;

namespace SaltEvents.Core.Tests.ZeroMq;

/// <summary>How tags end on a ZeroMQ bus is found out by what it publishes, or nothing is fired.</summary>
public sealed class FoundTagFormTests : ZeroMqTests
{
    private static EventBusClientOptions FindsOut { get; } = Options with { TagForm = null };

    [Theory]
    [InlineData(SaltTagForm.Padded)]
    [InlineData(SaltTagForm.PaddedOrDelimited)]
    [InlineData(SaltTagForm.Delimited)]
    public async Task One_event_of_the_bus_shows_it(SaltTagForm form)
    {
        await using var bus = await StartOwnBusAsync(ipc: true);
        using var salt = new EventBusClient(bus.Endpoint, Options with { TagForm = form });
        using var client = new EventBusClient(bus.Endpoint, FindsOut);
        await using var subscription = await salt.SubscribeAsync(new TagFilter(["mine"]));
        var firing = client.FireAsync("mine", new PayloadMap { { "a", 1L } });
        while (!firing.IsCompleted)
        {
            await salt.FireAsync("salt/auth", new PayloadMap { { "id", "web1" } });
            await Task.WhenAny(firing, Task.Delay(20));
        }

        await firing;
        Assert.Equal(form, await client.FindTagFormAsync());
        var arrived = (await ReadAsync(subscription, 1))[0];
        Assert.Equal(form == SaltTagForm.Padded, arrived.GetTimestamp() is null);
    }

    [Fact]
    public async Task On_a_bus_that_shows_nothing_nothing_is_fired_and_the_error_says_what_to_give()
    {
        await using var bus = await StartOwnBusAsync(ipc: true);
        using var client = new EventBusClient(bus.Endpoint, FindsOut);
        var error = await BusError.ThrowsAsync(BusReason.TagFormUnknown, () => client.FireAsync("my/tag", new PayloadMap()).Soon());
        Assert.Contains("-TagForm", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, bus.Counters.EventsIn);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Only_the_first_of_several_senders_waits_for_a_silent_bus(bool ipc)
    {
        await using var bus = await StartOwnBusAsync(ipc);
        var waiting = Stopwatch.StartNew();
        foreach (var i in Enumerable.Range(0, 10))
        {
            using var client = new EventBusClient(bus.Endpoint, FindsOut);
            await BusError.ThrowsAsync(BusReason.TagFormUnknown, () => client.FireAsync("my/tag", new PayloadMap()).Soon());
        }

        Assert.InRange(waiting.Elapsed.TotalSeconds, 0, 12); // 2 s each would be 20
    }

    [Fact]
    public async Task Where_only_the_pull_socket_is_known_nothing_is_fired()
    {
        await using var bus = await StartOwnBusAsync(ipc: false);
        using var client = new EventBusClient(bus.Endpoint with { Pub = Tcp(0) }, FindsOut);
        await BusError.ThrowsAsync(BusReason.TagFormUnknown, () => client.FireAsync("my/tag", new PayloadMap()).Soon());
        Assert.Equal(0, bus.Counters.EventsIn);
    }

    [Fact]
    public async Task Other_knowledge_narrows_the_possible_forms()
    {
        await using var bus = await StartOwnBusAsync(ipc: true);
        using var client = new EventBusClient(bus.Endpoint, FindsOut);
        Assert.Equal(SaltTagForm.Padded, await client.FindTagFormAsync(TagFormSet.Padded));
        using var other = new EventBusClient(bus.Endpoint, FindsOut);
        await BusError.ThrowsAsync(BusReason.TagFormUnknown, () => other.FindTagFormAsync(TagFormSet.None).Soon());
    }

    [Theory]
    [InlineData("saltevents/probe/z", TagFormSet.Any)] // this library's own says nothing
    [InlineData("a/tag/of/20/bytes/xx", TagFormSet.Delimited)]
    [InlineData("a/tag/of/21/bytes/xxx", TagFormSet.PaddedOrDelimited | TagFormSet.Delimited)]
    internal void A_blank_line_after_a_tag_shows_what_its_length_allows(string tag, TagFormSet forms) =>
        Assert.Equal(forms, TagEncoding.PossibleFor(EventCodec.Encode(tag, new PayloadMap(), DateTime.UtcNow)));
}
