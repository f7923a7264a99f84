using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Nats;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Tests;
using Xunit;

namespace SaltEvents.Core.Tests.Nats;

public sealed class NatsRelayTests
{
    [NeedsFact(What = NatsServer.Needs)]
    public async Task Events_come_byte_for_byte_with_their_site()
    {
        using var server = NatsServer.Start();
        await using var site = await NatsSite.StartAsync("hq", [server.Uri]);
        using var events = await NatsSite.Connect(server.Uri).SubscribeAsync(TagFilter.All, NatsSite.Listening, new NatsReadOptions());
        var sent = new List<SaltEvent>();
        foreach (var tag in new[] { "salt/job/1/ret/web01", "a.b c*>%", "//", new string('x', 5000) })
        {
            sent.Add(await site.FireAsync(tag, sent.Count));
        }

        foreach (var expected in sent)
        {
            var read = await NextAsync(events);
            Assert.Equal(expected.Body.ToArray(), read.Body.ToArray());
            Assert.Equal("hq", read.Site);
        }

        await Eventually.True(() => site.Relay.Counters.Acknowledged == 4);
        Assert.Equal(new EventRelayCounters(4, 4, 4, 0, 0, 0, 0, 0, 0, 0), site.Relay.Counters);
    }

    private static async Task<SaltEvent> NextAsync(IEventSubscription events)
    {
        SaltEvent? saltEvent;
        while (!events.TryRead(out saltEvent))
        {
            while (events.TryReadStatus(out _))
            {
            }

            Assert.True(await events.WaitToReadAsync().AsTask().Soon());
        }

        return saltEvent!;
    }
}
