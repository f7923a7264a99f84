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

public sealed class EventMailboxTests
{
    private static readonly TagFilter A = new(["a"]);
    private static readonly TagFilter B = new(["b"]);

    private static SaltEvent Event(string tag) => EventCodec.Decode(Frames.Body(tag));

    private static void Put(EventMailbox mailbox, params string[] tags)
    {
        foreach (var tag in tags)
        {
            Assert.True(mailbox.Put(Event(tag)).IsCompletedSuccessfully);
        }
    }

    private static List<string> TakeAll(EventMailbox mailbox, TagFilter filter)
    {
        var tags = new List<string>();
        while (mailbox.TryTake(filter, out var taken))
        {
            tags.Add(taken!.Tag);
        }

        return tags;
    }

    [Fact]
    public void Each_reader_takes_what_matches_in_order_and_leaves_the_rest()
    {
        var mailbox = new EventMailbox(10, SaltOverflow.DropOldest);
        Put(mailbox, "a1", "b1", "a2", "b2", "c");

        Assert.Equal(["a1", "a2"], TakeAll(mailbox, A));
        Assert.Equal(3, mailbox.Count);
        Assert.Equal(["b1", "b2"], TakeAll(mailbox, B));
        Assert.Equal(["c"], TakeAll(mailbox, TagFilter.All));
        Assert.Equal(0, mailbox.Count);
    }

    [Fact]
    public void DropOldest_is_bounded_and_counts()
    {
        var mailbox = new EventMailbox(3, SaltOverflow.DropOldest);
        Put(mailbox, "1", "2", "3", "4", "5");

        Assert.Equal((3, 2), (mailbox.Count, mailbox.Dropped));
        Assert.Equal(["3", "4", "5"], TakeAll(mailbox, TagFilter.All));
    }

    [Fact]
    public void DropNewest_is_bounded_and_counts()
    {
        var mailbox = new EventMailbox(3, SaltOverflow.DropNewest);
        Put(mailbox, "1", "2", "3", "4", "5");

        Assert.Equal((3, 2), (mailbox.Count, mailbox.Dropped));
        Assert.Equal(["1", "2", "3"], TakeAll(mailbox, TagFilter.All));
    }

    [Fact]
    public async Task Block_lets_the_writer_wait_until_one_is_taken()
    {
        var mailbox = new EventMailbox(2, SaltOverflow.Block);
        Put(mailbox, "1");
        var full = mailbox.Put(Event("2"));
        Assert.False(full.IsCompleted);
        Assert.True(mailbox.IsFull);

        Assert.True(mailbox.TryTake(TagFilter.All, out _));

        await full.Soon();
        Assert.Equal((1, 0), (mailbox.Count, mailbox.Dropped));
    }

    [Fact]
    public async Task A_waiter_wakes_for_what_matches_only()
    {
        var mailbox = new EventMailbox(10, SaltOverflow.DropOldest);
        var waiting = mailbox.WaitAsync(A, default);
        Put(mailbox, "b");
        Assert.False(waiting.IsCompleted);

        Put(mailbox, "a");

        Assert.True(await waiting.Soon());
        Assert.True(await mailbox.WaitAsync(A, default).Soon()); // waiting takes nothing
        Assert.True(mailbox.TryTake(A, out _));
    }

    [Fact]
    public async Task Waiters_with_different_tags_wait_side_by_side()
    {
        var mailbox = new EventMailbox(10, SaltOverflow.DropOldest);
        var a = mailbox.WaitAsync(A, default);
        var b = mailbox.WaitAsync(B, default);
        var all = mailbox.WaitAsync(TagFilter.All, default);

        Put(mailbox, "b");

        Assert.True(await b.Soon());
        Assert.True(await all.Soon());
        Assert.False(a.IsCompleted);
        mailbox.Complete();
        Assert.False(await a.Soon());
    }

    [Fact]
    public async Task A_cancelled_wait_leaves_no_trace()
    {
        var mailbox = new EventMailbox(10, SaltOverflow.DropOldest);
        using var stop = new CancellationTokenSource();
        var waiting = mailbox.WaitAsync(A, stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Soon());
        Put(mailbox, "a");
        Assert.True(mailbox.TryTake(A, out _));
    }

    [Fact]
    public async Task After_the_end_what_is_there_can_be_taken_and_nothing_is_added()
    {
        var mailbox = new EventMailbox(10, SaltOverflow.Block);
        Put(mailbox, "a");
        mailbox.Complete();

        Put(mailbox, "late");

        Assert.Equal((1, 1), (mailbox.Count, mailbox.Dropped));
        Assert.True(await mailbox.WaitAsync(A, default).Soon());
        Assert.False(await mailbox.WaitAsync(B, default).Soon());
        Assert.Equal(["a"], TakeAll(mailbox, TagFilter.All));
        Assert.False(await mailbox.WaitAsync(A, default).Soon());
    }

    [Fact]
    public async Task The_end_frees_a_writer_that_waits_and_each_that_comes_later()
    {
        var mailbox = new EventMailbox(1, SaltOverflow.Block);
        var full = mailbox.Put(Event("1"));

        mailbox.Complete();

        await full.Soon();
        await mailbox.Put(Event("2")).Soon();
    }

    [Fact]
    public async Task Many_readers_and_a_writer_lose_and_double_nothing()
    {
        const int Count = 5000;
        var mailbox = new EventMailbox(50, SaltOverflow.Block);
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var tags = new List<string>();
            while (await mailbox.WaitAsync(TagFilter.All, default))
            {
                tags.AddRange(TakeAll(mailbox, TagFilter.All));
            }

            return tags;
        })).ToArray();
        foreach (var i in Enumerable.Range(0, Count))
        {
            await mailbox.Put(Event(i.ToString("d5", System.Globalization.CultureInfo.InvariantCulture))).Soon();
        }

        mailbox.Complete();
        var taken = await Task.WhenAll(readers).Soon();

        Assert.Equal(Enumerable.Range(0, Count).Select(i => i.ToString("d5", System.Globalization.CultureInfo.InvariantCulture)), taken.SelectMany(t => t).Order(StringComparer.Ordinal));
        Assert.All(taken, t => Assert.Equal(t.Order(StringComparer.Ordinal), t));
    }
}
