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
}
