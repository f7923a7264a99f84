using System;
using SaltEvents.Core.Nats.JetStream;
using Xunit;

namespace SaltEvents.Core.Tests.Nats;

public sealed class RelayGapsTests
{
    [Theory]
    [InlineData(1, "has dropped 1 event before")]
    [InlineData(2, "has dropped 2 events before")]
    public void A_gap_counts_its_events_in_words_that_fit_the_number(int missing, string words)
    {
        var gaps = new RelayGaps();
        Assert.Null(gaps.Take("hq", "run 0 0"));
        var gap = gaps.Take("hq", $"run {missing} 0");
        Assert.Contains(words, gap!.Message, StringComparison.Ordinal);
        Assert.Equal(missing, gap.Count);
    }

    [Fact]
    public void What_anybody_can_publish_takes_only_so_much_memory()
    {
        var gaps = new RelayGaps();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 100; i++)
        {
            gaps.Take($"site{i}", $"{new string('r', 1_000_000)}{i} 0 0");
        }

        for (var i = 0; i < 300_000; i++)
        {
            gaps.Take($"site{i}", "run 0 0");
        }

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 16 << 20);
        GC.KeepAlive(gaps);
    }
}
