using System.Linq;
using SaltEvents.Core.Events;
using Xunit;

namespace SaltEvents.Core.Tests.Events;

public sealed class EventCopiesTests
{
    private readonly EventCopies copies = new();

    [Fact]
    public void An_event_through_a_syndic_is_a_copy_whatever_its_stamp()
    {
        Assert.False(copies.IsCopy(Make("my/tag", "1", ("n", 1))));
        Assert.True(copies.IsCopy(Make("syndic/s1/my/tag", "2", ("n", 1))));
        Assert.True(copies.IsCopy(Make("syndic/top/syndic/s1/my/tag", "3", ("n", 1))));
    }

    [Fact]
    public void A_copy_may_come_first()
    {
        Assert.False(copies.IsCopy(Make("syndic/s1/my/tag", "2", ("n", 1))));
        Assert.True(copies.IsCopy(Make("my/tag", "1", ("n", 1))));
    }

    [Fact]
    public void Equal_events_of_one_origin_are_not_copies()
    {
        Assert.Equal(
            [false, false, true, true, false],
            new[] { "a", "a", "syndic/s1/a", "syndic/s1/a", "syndic/s1/a" }.Select(tag => copies.IsCopy(Make(tag, "1")))
        );
    }

    [Fact]
    public void An_event_that_a_peer_of_a_cluster_passes_on_is_a_copy()
    {
        Assert.False(copies.IsCopy(Make("a", "1", ("n", 1))));
        Assert.True(copies.IsCopy(Make("a", "1", ("n", 1), ("__peer_id", "m2"))));
        Assert.True(copies.IsCopy(Make("a", "1", ("n", 1), ("__peer_id", "m3"))));
        Assert.False(copies.IsCopy(Make("a", "1", ("n", 2), ("__peer_id", "m2"))));
    }

    [Fact]
    public void Another_tag_or_payload_is_not_a_copy()
    {
        Assert.False(copies.IsCopy(Make("a", "1", ("n", 1))));
        Assert.False(copies.IsCopy(Make("syndic/s1/b", "1", ("n", 1))));
        Assert.False(copies.IsCopy(Make("syndic/s1/a", "1", ("n", 2))));
    }

    private static SaltEvent Make(string tag, string stamp, params (string Key, object Value)[] fields)
    {
        var map = new PayloadMap();
        foreach (var (key, value) in fields)
        {
            map.Add(key, value);
        }

        map.Add("_stamp", stamp);
        return EventCodec.Decode(EventCodec.Encode(tag, map, stamp: null));
    }
}
