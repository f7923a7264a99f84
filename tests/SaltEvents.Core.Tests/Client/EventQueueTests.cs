using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Client;

/// <summary>The queue between a bus and its readers: what is taken, what is dropped, and what waits.</summary>
public sealed class EventQueueTests : EventQueueTestBase
{
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

    [Theory]
    [InlineData(SaltOverflow.DropOldest, "3", "4", "5")]
    [InlineData(SaltOverflow.DropNewest, "1", "2", "3")]
    public void Bytes_are_bounded_too(SaltOverflow overflow, params string[] kept)
    {
        var queue = new EventQueue(10, overflow, maxBytes: 3 * Event("1").Body.Length);
        Add(queue, "1", "2", "3", "4", "5");

        Assert.Equal((3, 2), (queue.Count, queue.Dropped));
        Assert.True(queue.IsFullFor(Event("6")));
        Assert.Equal(kept, TakeAll(queue, TagFilter.All));
        Add(queue, kept);
        Assert.Equal(kept, TakeAll(queue, TagFilter.All));
    }

    [Fact]
    public void An_event_that_is_larger_than_the_queue_is_kept_in_place_of_all_others()
    {
        var queue = new EventQueue(10, SaltOverflow.DropOldest, maxBytes: 20);
        Add(queue, "1", "2", new string('x', 30));

        Assert.Equal((1, 2), (queue.Count, queue.Dropped));
        Assert.Equal([new string('x', 30)], TakeAll(queue, TagFilter.All));
    }

    [Fact]
    public async Task Block_lets_the_writer_wait_for_bytes_too()
    {
        var queue = new EventQueue(10, SaltOverflow.Block, maxBytes: 2 * Event("1").Body.Length);
        Add(queue, "1", "2");
        var full = Put(queue, "3");
        Assert.True(queue.TryTake(TagFilter.All, out _));
        Assert.False(full.IsCompleted);

        Assert.True(queue.TryTake(TagFilter.All, out _));

        await full.Soon();
        Assert.Equal((1, 0), (queue.Count, queue.Dropped));
    }

    [Fact]
    public async Task Block_lets_the_writer_wait_until_one_is_taken()
    {
        var queue = new EventQueue(2, SaltOverflow.Block);
        Add(queue, "1");
        var full = Put(queue, "2");
        Assert.False(full.IsCompleted);
        Assert.True(queue.IsFullFor(Event("3")));

        Assert.True(queue.TryTake(TagFilter.All, out _));

        await full.Soon();
        Assert.Equal((1, 0), (queue.Count, queue.Dropped));
    }

    [Fact]
    public async Task Block_lets_the_writer_wait_until_a_quarter_is_free()
    {
        var queue = new EventQueue(8, SaltOverflow.Block);
        Add(queue, "1", "2", "3", "4", "5", "6", "7");
        var full = Put(queue, "8");
        Assert.True(queue.TryTake(TagFilter.All, out _));
        Assert.False(full.IsCompleted);

        Assert.True(queue.TryTake(TagFilter.All, out _));

        await full.Soon();
    }

    [Theory]
    [InlineData("a")] // it finds nothing more
    [InlineData("b")] // another reader waits for an a
    public async Task Block_wakes_the_writer_early_for_a_reader_that_has_nothing_to_read(string last)
    {
        var queue = new EventQueue(8, SaltOverflow.Block);
        var waiting = last == "a" ? null : queue.WaitAsync(A, default).AsTask();
        Add(queue, "b", "b", "b", "b", "b", "b", "b");
        var full = Put(queue, last);

        Assert.True(queue.TryTake(last == "a" ? A : B, out _));

        if (waiting is null)
        {
            Assert.False(full.IsCompleted);
            Assert.False(queue.TryTake(A, out _));
        }

        await full.Soon();
        queue.Complete();
        Assert.False(waiting is not null && await waiting.Soon());
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
}
