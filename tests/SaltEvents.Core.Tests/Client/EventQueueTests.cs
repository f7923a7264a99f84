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

public sealed class EventQueueTests
{
    private static readonly TagFilter A = new(["a"]);
    private static readonly TagFilter B = new(["b"]);

    private static SaltEvent Event(string tag) => EventCodec.Decode(Frames.Body(tag));

    private static void Add(EventQueue queue, params string[] tags)
    {
        Assert.All(tags, tag => Assert.True(Put(queue, tag).IsCompletedSuccessfully));
    }

    private static Task Put(EventQueue queue, string tag)
    {
        Assert.Equal(1, queue.Add([Event(tag)], 0, out var proceed));
        return proceed;
    }

    private static List<string> TakeAll(EventQueue queue, TagFilter filter)
    {
        var tags = new List<string>();
        while (queue.TryTake(filter, out var taken))
        {
            tags.Add(taken!.Tag);
        }

        return tags;
    }

    [Fact]
    public void Each_reader_takes_what_matches_in_order_and_leaves_the_rest()
    {
        var queue = new EventQueue(10, SaltOverflow.DropOldest);
        Add(queue, "a1", "b1", "a2", "b2", "c");

        Assert.Equal(["a1", "a2"], TakeAll(queue, A));
        Assert.Equal(3, queue.Count);
        Assert.Equal(["b1", "b2"], TakeAll(queue, B));
        Assert.Equal(["c"], TakeAll(queue, TagFilter.All));
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public void DropOldest_is_bounded_and_counts()
    {
        var queue = new EventQueue(3, SaltOverflow.DropOldest);
        Add(queue, "1", "2", "3", "4", "5");

        Assert.Equal((3, 2), (queue.Count, queue.Dropped));
        Assert.Equal(["3", "4", "5"], TakeAll(queue, TagFilter.All));
    }

    [Fact]
    public void DropNewest_is_bounded_and_counts()
    {
        var queue = new EventQueue(3, SaltOverflow.DropNewest);
        Add(queue, "1", "2", "3", "4", "5");

        Assert.Equal((3, 2), (queue.Count, queue.Dropped));
        Assert.Equal(["1", "2", "3"], TakeAll(queue, TagFilter.All));
    }

    [Fact]
    public async Task Block_lets_the_writer_wait_until_one_is_taken()
    {
        var queue = new EventQueue(2, SaltOverflow.Block);
        Add(queue, "1");
        var full = Put(queue, "2");
        Assert.False(full.IsCompleted);
        Assert.True(queue.IsFull);

        Assert.True(queue.TryTake(TagFilter.All, out _));

        await full.Soon();
        Assert.Equal((1, 0), (queue.Count, queue.Dropped));
    }

    [Fact]
    public async Task A_waiter_wakes_for_what_matches_only()
    {
        var queue = new EventQueue(10, SaltOverflow.DropOldest);
        var waiting = queue.WaitAsync(A, default).AsTask();
        Add(queue, "b");
        Assert.False(waiting.IsCompleted);

        Add(queue, "a");

        Assert.True(await waiting.Soon());
        Assert.True(await queue.WaitAsync(A, default).AsTask().Soon()); // waiting takes nothing
        Assert.True(queue.TryTake(A, out _));
    }

    [Fact]
    public void A_reader_by_filter_finds_what_has_arrived_whatever_lies_before_it()
    {
        var queue = new EventQueue(1000, SaltOverflow.DropOldest);
        for (var n = 0; n < 300; n++)
        {
            // As many at once as make the ring grow at any place among them.
            Add(queue, [.. Enumerable.Repeat("b", n % 3), "a" + n, .. Enumerable.Repeat("b", n % 2)]);
            Assert.True(queue.TryTake(A, out var taken) && taken!.Tag == "a" + n, $"a{n} is not found");
        }
    }

    [Fact]
    public async Task Events_are_added_together_up_to_where_the_queue_is_full()
    {
        var queue = new EventQueue(4, SaltOverflow.Block);
        var waiting = queue.WaitAsync(B, default).AsTask();
        SaltEvent[] events = [Event("a1"), Event("b1"), Event("a2"), Event("a3"), Event("a4")];

        Assert.Equal(3, queue.Add(events, 0, out var proceed));
        Assert.True(proceed.IsCompleted);
        Assert.True(await waiting.Soon());
        Assert.Equal(1, queue.Add(events, 3, out proceed));
        Assert.False(proceed.IsCompleted);
        Assert.Equal(["a1", "a2", "a3"], TakeAll(queue, A));
        await proceed.Soon();
        Assert.Equal(1, queue.Add(events, 4, out _));
        Assert.Equal(["b1", "a4"], TakeAll(queue, TagFilter.All));
    }

    [Fact]
    public async Task Waiters_with_different_tags_wait_side_by_side()
    {
        var queue = new EventQueue(10, SaltOverflow.DropOldest);
        var a = queue.WaitAsync(A, default).AsTask();
        var b = queue.WaitAsync(B, default).AsTask();
        var all = queue.WaitAsync(TagFilter.All, default).AsTask();

        Add(queue, "b");

        Assert.True(await b.Soon());
        Assert.True(await all.Soon());
        Assert.False(a.IsCompleted);
        queue.Complete();
        Assert.False(await a.Soon());
    }

    [Fact]
    public async Task A_cancelled_wait_leaves_no_trace()
    {
        var queue = new EventQueue(10, SaltOverflow.DropOldest);
        using var stop = new CancellationTokenSource();
        var waiting = queue.WaitAsync(A, stop.Token).AsTask();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Soon());
        Add(queue, "a");
        Assert.True(queue.TryTake(A, out _));
    }

    [Fact]
    public async Task After_the_end_what_is_there_can_be_taken_and_nothing_is_added()
    {
        var queue = new EventQueue(10, SaltOverflow.Block);
        Add(queue, "a");
        queue.Complete();

        Add(queue, "late");

        Assert.Equal((1, 1), (queue.Count, queue.Dropped));
        Assert.True(await queue.WaitAsync(A, default).AsTask().Soon());
        Assert.False(await queue.WaitAsync(B, default).AsTask().Soon());
        Assert.Equal(["a"], TakeAll(queue, TagFilter.All));
        Assert.False(await queue.WaitAsync(A, default).AsTask().Soon());
    }

    [Fact]
    public async Task The_end_frees_a_writer_that_waits_and_each_that_comes_later()
    {
        var queue = new EventQueue(1, SaltOverflow.Block);
        var full = Put(queue, "1");

        queue.Complete();

        await full.Soon();
        await Put(queue, "2").Soon();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Many_readers_and_a_writer_lose_nothing_and_repeat_nothing(bool byFilter)
    {
        var sent = Enumerable.Range(0, 5000).Select(n => $"{n % 4}/{n:d5}").ToList();
        var queue = new EventQueue(50, SaltOverflow.Block);
        var readers = Enumerable.Range(0, 4).Select(number => Task.Run(async () =>
        {
            var filter = byFilter ? new TagFilter([$"{number}/"]) : TagFilter.All;
            var tags = new List<string>();
            while (await queue.WaitAsync(filter, default))
            {
                tags.AddRange(TakeAll(queue, filter));
            }

            return tags;
        })).ToArray();
        foreach (var tag in sent)
        {
            await Put(queue, tag).Soon();
        }

        queue.Complete();
        var taken = await Task.WhenAll(readers).Soon();

        Assert.Equal(sent.Order(StringComparer.Ordinal), taken.SelectMany(t => t).Order(StringComparer.Ordinal));
        Assert.All(taken, tags => Assert.Equal(tags.OrderBy(t => t.Substring(2), StringComparer.Ordinal), tags));
    }

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
