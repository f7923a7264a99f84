using System;
using System.Linq;
using System.Text;
using SaltEvents.Core.Events;
using SaltEvents.Core.Nats;
using Xunit;

namespace SaltEvents.Core.Tests.Nats;

public sealed class NatsSubjectTests
{
    [Theory]
    [InlineData("salt/job/1/ret/web01", "salt.job.1.ret.web01")]
    [InlineData("minion.example.com/start", "minion%2Eexample%2Ecom.start")]
    [InlineData("a*b>c d%e", "a%2Ab%3Ec%20d%25e")]
    [InlineData("/a//b/", "%.a.%.b.%")]
    [InlineData("/", "%.%")]
    [InlineData("a\nb\tc\0", "a%0Ab%09c%00")]
    [InlineData("grüße", "gr%C3%BC%C3%9Fe")]
    public void A_tag_is_escaped(string tag, string escaped)
    {
        var bytes = Encoding.UTF8.GetBytes(tag);
        Assert.Equal("salt.hq." + escaped, NatsSubject.Format(NatsSubject.Events, "hq", bytes));
    }

    [Fact]
    public void No_two_tags_share_a_subject()
    {
        var tags = Enumerable
            .Range(1, 255)
            .Select(b => new[] { (byte)b })
            .Concat(Enumerable.Range(1, 255).Select(b => new[] { (byte)'/', (byte)b, (byte)'/' }))
            .ToArray();
        var subjects = tags.Select(t => NatsSubject.Format(NatsSubject.Events, "s", t)).ToArray();
        Assert.Equal(tags.Length, subjects.Distinct(StringComparer.Ordinal).Count());
        Assert.All(subjects, s => Assert.All(s, c => Assert.InRange(c, '!', '~')));
    }

    [Fact]
    public void A_tag_that_is_too_long_keeps_its_start_and_gets_a_hash()
    {
        var one = NatsSubject.Format(NatsSubject.Events, "hq", Encoding.UTF8.GetBytes("salt/job/" + new string('x', 5000)));
        var other = NatsSubject.Format(NatsSubject.Events, "hq", Encoding.UTF8.GetBytes("salt/job/" + new string('x', 5001)));
        Assert.StartsWith("salt.hq.salt.job.%~", one, StringComparison.Ordinal);
        Assert.InRange(one.Length, 1, 1100);
        Assert.NotEqual(one, other);
    }

    [Theory]
    [InlineData("salt/job/*/ret/web*", "salt.hq.salt.job.>")]
    [InlineData("salt/job/", "salt.hq.salt.job.>")]
    [InlineData("salt/jo", "salt.hq.salt.>")]
    [InlineData("salt", "salt.hq.>")]
    [InlineData("", "salt.hq.>")]
    [InlineData("a.b/c", "salt.hq.a%2Eb.>")]
    [InlineData("/a", "salt.hq.%.>")]
    public void The_server_filters_by_the_whole_parts_of_a_pattern(string pattern, string filter) =>
        Assert.Equal(filter, NatsSubject.Filter("hq", new TagMatcher(pattern).Prefix));
}
