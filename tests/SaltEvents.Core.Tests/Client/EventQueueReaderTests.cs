using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Client;

/// <summary>Readers that remember their positions, and the changes of the connection between events.</summary>
public sealed class EventQueueReaderTests : EventQueueTestBase
{
    [Fact]
    public void A_change_of_the_connection_is_read_at_its_place_and_never_dropped()
    {
        var queue = new EventQueue(2, SaltOverflow.DropOldest);
        Add(queue, "a1");
        queue.Add(Status("first"));
        Add(queue, "b1");
        Assert.False(queue.TryTakeStatus(TagFilter.All, out _));
        Assert.False(queue.TryTake(B, out _)); // the change comes before it
        Assert.True(queue.TryTakeStatus(B, out var passed) && passed!.Message == "first");
        queue.Add(Status("second"));

        Add(queue, "b2", "b3", "b4"); // push out all that came before

        Assert.True(queue.TryTakeStatus(TagFilter.All, out var pushed) && pushed!.Message == "second");
        Assert.Equal((2, 3), (queue.Count, queue.Dropped));
        Assert.Equal(["b3", "b4"], TakeAll(queue, TagFilter.All));
    }

    [Fact]
    public void The_oldest_unread_changes_are_dropped()
    {
        var queue = new EventQueue(2, SaltOverflow.DropOldest);
        Add(queue, "a");
        foreach (var i in Enumerable.Range(0, 1002))
        {
            queue.Add(Status(i.ToString(CultureInfo.InvariantCulture)));
        }

        Assert.Equal(["a"], TakeAll(queue, TagFilter.All));
        Assert.True(queue.TryTakeStatus(TagFilter.All, out var first) && first!.Message == "2");
    }

    [Fact]
    public void Reading_by_filter_leaves_the_rest_in_order_however_long_it_goes_on()
    {
        var queue = new EventQueue(100, SaltOverflow.DropOldest);
        Add(queue, "b0");
        for (var i = 0; i < 1000; i++)
        {
            Add(queue, "a" + i);
            Assert.True(queue.TryTake(A, out var taken) && taken!.Tag == "a" + i);
        }

        Add(queue, "b1");
        Assert.Equal(["b0", "b1"], TakeAll(queue, TagFilter.All));
    }

    private static StreamStatus Status(string message) => new(StreamState.Connected, DateTime.UtcNow, TimeSpan.Zero, message);

    [Fact]
    public async Task A_reader_that_remembers_its_position_compares_each_event_once()
    {
        const int Others = 1000;
        var queue = new EventQueue(10 * Others, SaltOverflow.DropOldest);
        var mine = new ReadPosition();
        Add(queue, [.. Enumerable.Repeat("a other", Others)]);
        var looked = 0;
        var filter = A.Where(e => ++looked > 0 && e.Tag == "a mine");
        for (var i = 0; i < 100; i++)
        {
            Assert.False(queue.TryTake(filter, out _, mine));
            Add(queue, "a mine");
            Assert.False(queue.TryTakeStatus(filter, out _, mine));
            Assert.True(await queue.WaitAsync(filter, default, mine).AsTask().Soon());
            Assert.True(queue.TryTake(filter, out var taken, mine) && taken!.Tag == "a mine");
        }

        // Each time the ring grows or is tidied, once more: its numbers are new then.
        Assert.InRange(looked, Others, 5 * Others);
        Assert.Equal(Others, TakeAll(queue, TagFilter.All).Count);
    }

    [Fact]
    public async Task A_reader_whose_pattern_can_be_slow_compares_on_its_own_and_each_event_once()
    {
        var queue = new EventQueue(100, SaltOverflow.DropOldest);
        var compared = new System.Collections.Concurrent.ConcurrentQueue<(string Tag, int Thread)>();
        var slow = new TagFilter(["."], SaltTagMatch.Regex).Where(e =>
        {
            compared.Enqueue((e.Tag, Environment.CurrentManagedThreadId));
            return e.Tag == "last";
        });
        var wait = queue.WaitAsync(slow, CancellationToken.None).AsTask();
        var writer = new Thread(() =>
        {
            foreach (var batch in new[] { new[] { "1", "2" }, ["3"], ["4", "5", "last"] })
            {
                queue.Add([.. batch.Select(Event)], 0, out _);
                SpinWait.SpinUntil(() => compared.Any(c => c.Tag == batch[^1]), TimeSpan.FromSeconds(30));
            }
        });
        writer.Start();

        Assert.True(await wait);
        writer.Join();
        Assert.Equal(["1", "2", "3", "4", "5", "last"], compared.Select(c => c.Tag));
        Assert.DoesNotContain(compared, c => c.Thread == writer.ManagedThreadId);
        Assert.Equal(6, queue.Count);
    }

    [Fact]
    public void An_event_that_another_reader_takes_meanwhile_costs_no_second_look_at_those_before_it()
    {
        var queue = new EventQueue(10, SaltOverflow.DropOldest);
        Add(queue, "a1", "a2", "b1", "a3", "last");
        var compared = new List<string>();
        var filter = TagFilter.All.Where(e =>
        {
            compared.Add(e.Tag);
            return e.Tag == "last" || (e.Tag == "b1" && queue.TryTake(B, out _));
        });

        Assert.True(queue.TryTake(filter, out var taken));
        Assert.Equal("last", taken!.Tag);
        Assert.Equal(["a1", "a2", "b1", "a3", "last"], compared);
    }

    [Fact]
    public void A_status_that_is_pushed_out_while_a_reader_compares_still_comes_first()
    {
        var queue = new EventQueue(2, SaltOverflow.DropOldest);
        var status = new StreamStatus(StreamState.Reconnected, DateTime.UtcNow, TimeSpan.Zero, "back");
        Add(queue, "1");
        queue.Add(status);
        Add(queue, "2");
        var isFull = false;
        var filter = TagFilter.All.Where(e =>
        {
            if (!isFull)
            {
                isFull = true;
                Add(queue, "3", "4");
            }

            return e.Tag != "1";
        });

        Assert.False(queue.TryTake(filter, out _));
        Assert.True(queue.TryTakeStatus(filter, out var taken));
        Assert.Same(status, taken);
        Assert.Equal(["3", "4"], TakeAll(queue, filter));
    }
}
