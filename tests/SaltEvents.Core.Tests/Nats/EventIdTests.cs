using System;
using System.Linq;
using SaltEvents.Core.Nats;
using Xunit;

namespace SaltEvents.Core.Tests.Nats;

public sealed class EventIdTests
{
    private static readonly byte[] Body = "t\n\n\x80"u8.ToArray();
    private DateTime now = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Equal_events_are_numbered_and_two_relays_of_a_site_agree()
    {
        var (one, other) = (Ids("hq"), Ids("hq"));
        var ids = Enumerable.Range(0, 3).Select(_ => one.Next(Body).ToString()).ToArray();
        Assert.Equal(3, ids.Distinct().Count());
        Assert.Equal(ids, Enumerable.Range(0, 3).Select(_ => other.Next(Body).ToString()));
        Assert.Equal(32, ids[0].Length);
        Assert.EndsWith("-2", ids[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Another_site_or_another_byte_is_another_event()
    {
        Assert.NotEqual(Ids("hq").Next(Body), Ids("branch").Next(Body));
        Assert.NotEqual(Ids("hq").Next(Body), Ids("hq").Next("t\n\n\x81"u8));
    }

    [Fact]
    public void An_id_is_remembered_for_the_window_and_forgotten_after_two()
    {
        var ids = Ids("hq");
        ids.Next(Body);
        now += TimeSpan.FromMinutes(2);
        Assert.Equal(2, ids.Next(Body).Number);
        now += TimeSpan.FromMinutes(2);
        ids.Next("other"u8);
        now += TimeSpan.FromMinutes(2);
        Assert.Equal(1, ids.Next(Body).Number);
    }

    [Fact]
    public void An_id_that_another_event_has_is_followed_by_the_next()
    {
        var ids = Ids("hq");
        var first = ids.Next(Body);
        Assert.Equal(2, ids.Renumber(first).Number);
        Assert.Equal(3, ids.Next(Body).Number);
    }

    private EventIds Ids(string site) => new(site, TimeSpan.FromMinutes(2), () => now);
}
