using System;
using System.Linq;
using System.Threading.Tasks;
using System.Text.Json;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using SaltEvents.Tests;
using Xunit;

namespace SaltEvents.Core.Tests.ZeroMq;

/// <summary>Our client on a bus of libzmq, over TCP and over ipc://.</summary>
public sealed class SaltBusTests : ZeroMqTests
{
    [NeedsTheory(What = "python3-zmq")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ten_thousand_events_go_each_way(bool ipc)
    {
        var (bus, endpoint) = await StartSaltBusAsync(ipc);
        await using var b = bus;
        using var client = new EventBusClient(endpoint, Options);
        await using var subscription = await client.SubscribeAsync();
        var reading = Task.Run(() => ReadAsync(subscription, Many));
        for (var i = 0; i < Many; i++)
        {
            await client.FireAsync("many/" + i, new PayloadMap { { "i", (long)i } });
        }

        Assert.True(await client.CompleteAsync(Eventually.Limit));
        var events = await reading.Soon();
        Assert.Equal(Enumerable.Range(0, Many).Select(i => "many/" + i), events.Select(e => e.Tag));
        Assert.Equal(Many - 1L, events[^1].Fields.TryGetValue("i", out var last) ? last : null);
    }

    [NeedsTheory(What = "python3-zmq")]
    [MemberData(nameof(Lengths))]
    public async Task A_tag_of_any_length_goes_both_ways(int length, SaltTagForm form)
    {
        var (bus, endpoint) = await StartSaltBusAsync(ipc: false);
        await using var b = bus;
        var tag = Tag(length);
        using var client = new EventBusClient(endpoint, Options with { TagForm = form });
        await using var listener = await ListenAsync(endpoint, form);
        await using var subscription = await client.SubscribeAsync(new TagFilter([tag]));

        await client.FireAsync(tag, new PayloadMap { { "from", "here" } });
        Assert.Equal("here", (await NextAsync(listener, tag)).GetProperty("from").GetString());
        Assert.Equal(tag, (await ReadAsync(subscription, 1))[0].Tag);

        await using var sender = ZeroMqPeer.Fire(endpoint.Pull, form);
        await sender.SendAsync(tag, new System.Text.Json.Nodes.JsonObject { ["from"] = "salt" });
        var received = (await ReadAsync(subscription, 1).Soon())[0];
        Assert.Equal((tag, "salt"), (received.Tag, received.Fields.TryGetValue("from", out var from) ? from : null));
    }

    [NeedsFact(What = "python3-zmq")]
    public async Task A_text_is_a_payload_as_before_0_17_and_has_no_time()
    {
        var (bus, endpoint) = await StartSaltBusAsync(ipc: true);
        await using var b = bus;
        using var client = new EventBusClient(endpoint, Options with { TagForm = SaltTagForm.Padded });
        await using var listener = await ListenAsync(endpoint, SaltTagForm.Padded);
        await using var subscription = await client.SubscribeAsync(new TagFilter(["tag"]));

        await client.FireBodyAsync(EventCodec.EncodeText("tag", "Message to be sent"));
        Assert.Equal("Message to be sent", (await NextAsync(listener, "tag")).GetString());
        await client.FireAsync("tag", new PayloadMap { { "a", 1L } });
        Assert.Equal(["a"], (await NextAsync(listener, "tag")).EnumerateObject().Select(p => p.Name));

        var events = await ReadAsync(subscription, 2);
        Assert.Equal("Message to be sent", events[0].Fields.Decode());
        Assert.Null(events[1].GetTimestamp());
    }

    [NeedsFact(What = "python3-zmq")]
    public async Task Only_what_starts_so_is_asked_for()
    {
        var (bus, endpoint) = await StartSaltBusAsync(ipc: false);
        await using var b = bus;
        using var client = new EventBusClient(endpoint, Options with { TagForm = SaltTagForm.PaddedOrDelimited });
        await using var jobs = await client.SubscribeAsync(new TagFilter(["salt/job/*/new", "key"]));
        await using var all = await client.SubscribeAsync(new TagFilter(["w"], SaltTagMatch.EndsWith));
        foreach (var tag in new[] { "salt/job/1/new", "salt/auth", "key", "salt/job/1/ret/web1/and/more", "keyring", "w" })
        {
            await client.FireAsync(tag, new PayloadMap());
        }

        Assert.Equal(["salt/job/1/new", "w"], (await ReadAsync(all, 2)).Select(e => e.Tag));
        Assert.Equal(["salt/job/1/new", "key", "keyring"], (await ReadAsync(jobs, 3)).Select(e => e.Tag));
        await Eventually.True(() => (jobs.Received, all.Received) == (4, 6));
    }

    [NeedsFact(What = "python3-zmq")]
    public async Task Nothing_is_missed_once_it_is_subscribed()
    {
        var (bus, endpoint) = await StartSaltBusAsync(ipc: true);
        await using var b = bus;
        using var sender = new EventBusClient(endpoint, Options);
        using var client = new EventBusClient(endpoint, Options);
        for (var i = 0; i < 30; i++)
        {
            await using var subscription = await client.SubscribeAsync(new TagFilter(["n/", "o/"]));
            await sender.FireAsync("n/" + i, new PayloadMap());
            Assert.Equal("n/" + i, (await ReadAsync(subscription, 1).Soon())[0].Tag);
        }
    }

    [NeedsFact(What = "python3-zmq")]
    public async Task Where_it_cannot_fire_it_listens_all_the_same_and_says_what_it_does_not_know()
    {
        var (bus, endpoint) = await StartSaltBusAsync(ipc: false);
        await using var b = bus;
        using var client = new EventBusClient(endpoint with { Pull = Tcp(0) }, Options with { ReportsStatus = true });
        await using var subscription = await client.SubscribeAsync();
        Assert.False(subscription.TryRead(out _));
        Assert.True(subscription.TryReadStatus(out var status));
        Assert.Contains("may be missed", status!.Message, StringComparison.Ordinal);
        using var sender = new EventBusClient(endpoint, Options);
        await sender.FireAsync("heard", new PayloadMap());
        Assert.Equal("heard", (await ReadAsync(subscription, 1).Soon())[0].Tag);
    }

    [NeedsFact(What = "python3-zmq")]
    public async Task A_bus_that_comes_back_is_found_and_the_gap_is_reported()
    {
        var (bus, endpoint) = await StartSaltBusAsync(ipc: true);
        using var client = new EventBusClient(endpoint, Options with { Reconnect = true, ReportsStatus = true });
        await using var subscription = await client.SubscribeAsync();
        await using (bus)
        {
            await client.FireAsync("before", new PayloadMap());
            Assert.Equal(["(Connected)", "before"], await ReadAllAsync(subscription, 2));
            await bus.KillAsync();
        }

        Assert.Equal(["(Disconnected)"], await ReadAllAsync(subscription, 1));
        var (again, _) = await StartSaltBusAsync(ipc: true);
        await using var b = again;
        Assert.Equal(["(Reconnected)"], await ReadAllAsync(subscription, 1));
        await client.FireAsync("after", new PayloadMap());
        Assert.Equal(["after"], await ReadAllAsync(subscription, 1));
    }

    [NeedsFact(What = "python3-zmq")]
    public async Task The_test_of_a_bus_says_ZeroMQ_and_fires_there()
    {
        var (bus, endpoint) = await StartSaltBusAsync(ipc: true);
        await using var b = bus;
        var silent = await BusTest.RunAsync(endpoint, fire: false, Eventually.Limit, Options);
        Assert.Equal((SaltEventDialect.ZeroMQ, BusPresence.Listening, null), (silent.Dialect, silent.Pull.Presence, silent.RoundTrip));
        var fired = await BusTest.RunAsync(endpoint, fire: true, Eventually.Limit, Options);
        Assert.Null(fired.FireProblem);
        Assert.NotNull(fired.RoundTrip);
    }

    private static async Task<JsonElement> NextAsync(ZeroMqPeer listener, string tag)
    {
        var (read, data) = await listener.ReadEventAsync();
        Assert.Equal(tag, read);
        return data;
    }
}
