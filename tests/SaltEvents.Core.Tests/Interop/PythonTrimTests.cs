using System;
using System.Linq;
using SaltEvents.Core.Events;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Tests;
using Xunit;

namespace SaltEvents.Core.Tests.Interop;

/// <summary>Trimming against Salt's algorithm with Python's own sizes, at and around the borders.</summary>
public sealed class PythonTrimTests(PythonMsgpack python) : IClassFixture<PythonMsgpack>
{
    private const int Max = 10_000;

    private static readonly (string Name, Func<int, object?> Make, int Border)[] Kinds =
    [
        ("ASCII", n => new string('x', n), 49),
        ("Latin-1", n => new string('é', n), 73),
        ("first plane", n => new string('–', n), 74),
        ("emoji", n => string.Concat(Enumerable.Repeat("🧂", n)), 76),
        ("bytes", n => new byte[n], 33),
        ("list", n => new object?[n], 56),
    ];

    public static TheoryData<string> KindNames => new(Kinds.Select(k => k.Name));

    [NeedsTheory(What = "python3-msgpack")]
    [MemberData(nameof(KindNames))]
    public void Each_kind_of_value_is_trimmed_at_the_same_length(string kind)
    {
        var (_, make, overhead) = Kinds.Single(k => k.Name == kind);
        var unit = kind switch { "emoji" => 4, "list" => 8, "first plane" => 2, _ => 1 };
        foreach (var percent in new[] { 50, 40, 30, 20, 10 })
        {
            var border = ((Max * percent / 100) - overhead) / unit;
            foreach (var length in new[] { border - 1, border, border + 1 })
            {
                // The list cannot be trimmed: so every percentage has its turn.
                AssertSame(
                    new PayloadMap
                    {
                        { "value", make(length) },
                        {
                            "in",
                            new PayloadMap { { "value", make(length) } }
                        },
                        { "rest", new object?[] { new string('r', 2 * Max) } },
                    },
                    Max
                );
            }
        }
    }

    [NeedsFact(What = "python3-msgpack")]
    public void Random_payloads_are_trimmed_to_the_same_bytes()
    {
        var random = new Random(4506);
        foreach (var i in Enumerable.Range(0, 200))
        {
            AssertSame(RandomMap(random, 0), 500 + random.Next(5000));
        }
    }

    private static PayloadMap RandomMap(Random random, int depth)
    {
        var map = new PayloadMap();
        foreach (var i in Enumerable.Range(0, 1 + random.Next(6)))
        {
            map.Add("key" + i, random.Next(depth < 3 ? 9 : 7) switch
            {
                0 => null,
                1 => (long)random.Next(),
                2 => random.NextDouble(),
                3 => new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(random.Next()),
                >= 7 => RandomMap(random, depth + 1),
                var kind => Kinds[(kind + i) % Kinds.Length].Make(random.Next(3000)),
            });
        }

        return map;
    }

    private void AssertSame(PayloadMap data, int max)
    {
        var whole = EventCodec.Decode(EventCodec.Encode("t", data, null, int.MaxValue)).Payload.ToArray();
        var expected = python.Ask("trim", ("data", Convert.ToBase64String(whole)), ("max", max)).GetBytesFromBase64();

        var trimmed = EventCodec.Decode(EventCodec.Encode("t", data, null, max)).Payload.ToArray();

        Assert.Equal(PayloadText.Of(PayloadDecoder.Decode(expected)), PayloadText.Of(PayloadDecoder.Decode(trimmed)));
        Assert.Equal(expected, trimmed);
    }
}
