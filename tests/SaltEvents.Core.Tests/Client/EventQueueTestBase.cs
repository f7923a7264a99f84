using System.Collections.Generic;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Client;

/// <summary>Two filters, and what fills and empties a queue.</summary>
public abstract class EventQueueTestBase
{
    private protected static readonly TagFilter A = new(["a"]);

    private protected static readonly TagFilter B = new(["b"]);

    private protected static SaltEvent Event(string tag) => EventCodec.Decode(Frames.Body(tag));

    private protected static void Add(EventQueue queue, params string[] tags)
    {
        Assert.All(tags, tag => Assert.True(Put(queue, tag).IsCompletedSuccessfully));
    }

    private protected static Task Put(EventQueue queue, string tag)
    {
        Assert.Equal(1, queue.Add([Event(tag)], 0, out var proceed));
        return proceed;
    }

    private protected static List<string> TakeAll(EventQueue queue, TagFilter filter)
    {
        var tags = new List<string>();
        while (queue.TryTake(filter, out var taken))
        {
            tags.Add(taken!.Tag);
        }

        return tags;
    }
}
