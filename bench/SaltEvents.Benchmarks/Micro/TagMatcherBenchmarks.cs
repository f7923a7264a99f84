using System.Text;
using BenchmarkDotNet.Attributes;
using SaltEvents.Benchmarks.Events;
using SaltEvents.Core.Events;

namespace SaltEvents.Benchmarks.Micro;

/// <summary>One tag against one pattern, each of the five ways.</summary>
[MemoryDiagnoser]
public class TagMatcherBenchmarks
{
    private readonly byte[] tag = Encoding.UTF8.GetBytes(JobReturn.Tag(0));
    private TagMatcher matcher = null!;

    /// <summary>How the pattern is meant.</summary>
    [Params(SaltTagMatch.StartsWith, SaltTagMatch.EndsWith, SaltTagMatch.Find, SaltTagMatch.FnMatch, SaltTagMatch.Regex)]
    public SaltTagMatch Match { get; set; }

    /// <summary>Makes the matcher, which is done once for a subscription.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var pattern = Match switch
        {
            SaltTagMatch.StartsWith => "salt/job/",
            SaltTagMatch.EndsWith => "/web01",
            SaltTagMatch.Find => "/ret/",
            SaltTagMatch.FnMatch => "salt/job/*/ret/web*",
            _ => "salt/job/[0-9]+/ret/web",
        };
        matcher = new TagMatcher(pattern, Match);
    }

    /// <summary>A tag that matches.</summary>
    [Benchmark]
    public bool IsMatch() => matcher.IsMatch(tag);
}
