using SaltEvents.Core.Jobs;
using Xunit;

namespace SaltEvents.Core.Tests.Jobs;

public sealed class JobTagTests
{
    private const string Jid = "20261127154859183484";

    [Theory]
    [InlineData(Jid, "Minions", "")]
    [InlineData("salt/job/20261127154859183484/new", "New", "")]
    [InlineData("salt/job/20261127154859183484/publish", "Publish", "")]
    [InlineData("salt/job/20261127154859183484/error", "Error", "")]
    [InlineData("salt/job/20261127154859183484/start/web01", "Start", "web01")]
    [InlineData("salt/job/20261127154859183484/prog/web01/3", "Progress", "web01")]
    [InlineData("salt/job/20261127154859183484/sub/web01/error/state.sls", "StateError", "web01")]
    [InlineData("salt/job/20261127154859183484/ret/web01", "Return", "web01")]
    [InlineData("salt/run/20261127154859183484/new", "MasterNew", "")]
    [InlineData("salt/run/20261127154859183484/args", "MasterStep", "")]
    [InlineData("salt/wheel/20261127154859183484/ret", "MasterReturn", "")]
    [InlineData("salt/batch/20261127154859183484/new", "BatchProgress", "")]
    [InlineData("salt/batch/20261127154859183484/complete", "BatchEnd", "")]
    public void A_tag_names_a_job(string tag, string kind, string minion)
    {
        Assert.Equal(new JobTag(System.Enum.Parse<JobEventKind>(kind), Jid, minion, null), JobTag.Parse(tag));
        Assert.Equal("s1", JobTag.Parse("syndic/s1/" + tag)!.Value.Syndic);
        Assert.True(JobTag.Filter.IsMatch(System.Text.Encoding.UTF8.GetBytes(tag)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("my/tag")]
    [InlineData("salt/job")]
    [InlineData("salt/job//new")]
    [InlineData("salt/job/20261127154859183484/new/more")]
    [InlineData("salt/minion/web01/start")]
    [InlineData("2026112715485918348")]
    [InlineData("20261127154859183484x")]
    [InlineData("20261127154859183484_")]
    public void Another_tag_names_none(string tag) => Assert.Null(JobTag.Parse(tag));

    [Theory]
    [InlineData("Executed command with job ID: 20261127154859183484", Jid)]
    [InlineData("jid: 20261127154859183484, ok", Jid)]
    [InlineData("20261127154859183484_4711", "20261127154859183484_4711")]
    [InlineData("no job", null)]
    [InlineData("", null)]
    [InlineData("202611271548591834840", null)]
    public void A_job_id_is_found_in_a_text(string text, string? id) => Assert.Equal(id, JobTag.FindJobId(text));
}
