using SaltEvents.Core.Jobs;
using Xunit;

namespace SaltEvents.Core.Tests.Jobs;

public sealed class JobMinionsTests
{
    private readonly JobMinions minions = new();

    [Fact]
    public void A_job_has_returned_when_all_that_were_named_have()
    {
        minions.Name(["web01", "web02"], null);
        minions.Return("web02", hasFailed: true);
        Assert.False(minions.HaveAllReturned);
        Assert.Equal(["web01"], minions.Missing);
        minions.Return("web01", hasFailed: false);
        Assert.True(minions.HaveAllReturned);
        Assert.Equal(["web02"], minions.Failed);
        Assert.Equal(["web02", "web01"], minions.Returned);
    }

    [Fact]
    public void A_second_answer_changes_nothing()
    {
        minions.Name(["web01"], null);
        minions.Return("web01", hasFailed: false);
        minions.Return("web01", hasFailed: true);
        Assert.Equal(["web01"], minions.Returned);
        Assert.Empty(minions.Failed);
    }

    [Fact]
    public void A_minion_that_nobody_expected_does_not_end_a_job()
    {
        minions.Return("db01", hasFailed: false);
        Assert.False(minions.HaveAllReturned);
        minions.Name(["web01"], null);
        Assert.False(minions.HaveAllReturned);
        Assert.Equal(["web01"], minions.Expected);
        minions.Return("web01", hasFailed: false);
        Assert.True(minions.HaveAllReturned);
    }

    [Fact]
    public void A_further_part_of_a_batch_opens_the_job_again()
    {
        minions.Name(["web01"], null);
        minions.Return("web01", hasFailed: false);
        minions.Name(["web02"], null);
        Assert.False(minions.HaveAllReturned);
        Assert.Equal(["web02"], minions.Missing);
    }

    [Fact]
    public void A_syndic_is_waited_for_until_it_names_its_minions()
    {
        minions.Name(["syndic1", "web09"], null);
        minions.Return("web09", hasFailed: false);
        Assert.False(minions.HaveAllReturned);
        minions.Name(["web01"], "syndic1");
        Assert.Equal(["web09", "web01"], minions.Expected);
        Assert.Equal(["web01"], minions.Missing);
        minions.Return("web01", hasFailed: false);
        Assert.True(minions.HaveAllReturned);
    }

    [Fact]
    public void A_syndic_may_match_no_minion()
    {
        minions.Name(["syndic1", "web09"], null);
        minions.Return("web09", hasFailed: false);
        minions.Name([], "syndic1");
        Assert.True(minions.HaveAllReturned);
    }

    [Fact]
    public void A_minion_can_have_the_id_of_its_syndic()
    {
        minions.Name(["syndic1"], null);
        minions.Name(["syndic1", "web01"], "syndic1");
        minions.Return("web01", hasFailed: false);
        Assert.Equal(["syndic1"], minions.Missing);
        minions.Return("syndic1", hasFailed: false);
        Assert.True(minions.HaveAllReturned);
    }

    [Fact]
    public void Minions_that_the_master_does_not_know_are_missing_and_not_waited_for()
    {
        minions.Name(["web01"], null);
        minions.MarkMissing(["web09"]);
        minions.Return("web01", hasFailed: false);
        Assert.True(minions.HaveAllReturned);
        Assert.Equal(["web09"], minions.Missing);
        minions.Return("web09", hasFailed: false);
        Assert.Empty(minions.Missing);
    }

    [Fact]
    public void A_job_that_is_seen_from_its_middle_has_no_end_of_its_own()
    {
        minions.Expect("web01");
        minions.Return("web01", hasFailed: false);
        Assert.False(minions.AreNamed);
        Assert.False(minions.HaveAllReturned);
        Assert.Equal(["web01"], minions.Expected);
    }
}
