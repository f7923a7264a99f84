using System;
using System.Collections.Generic;
using System.Linq;
using SaltEvents.Core.Events;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Tests;
using Xunit;

namespace SaltEvents.Core.Tests.Interop;

public sealed class PythonFnMatchTests(PythonMsgpack python) : IClassFixture<PythonMsgpack>
{
    private const string Alphabet = "ab-]![*?^\\/é🧂\n";

    private static string RandomText(Random random, int maxLength)
    {
        var characters = Alphabet.EnumerateRunes().ToArray();
        return string.Concat(
            Enumerable.Range(0, random.Next(maxLength + 1)).Select(_ => characters[random.Next(characters.Length)].ToString())
        );
    }

    private static IEnumerable<(string Pattern, string Name)> Samples()
    {
        var random = new Random(4505);
        for (var i = 0; i < 3000; i++)
        {
            yield return (RandomText(random, 7), RandomText(random, 4));
            yield return ("[" + RandomText(random, 6) + "]", RandomText(random, 1));
        }
    }

    [NeedsFact(What = "python3-msgpack")]
    public void Shell_patterns_match_as_in_Python()
    {
        var matched = 0;
        foreach (var (pattern, name) in Samples())
        {
            var expected = python.Ask("fnmatch", ("name", name), ("pattern", pattern)).GetBoolean();
            Assert.True(
                expected == new FnMatchPattern(pattern, ignoreCase: false).IsMatch(Frames.Utf8(name)),
                $"Python says {expected} of pattern '{pattern}' and name '{name}'."
            );
            matched += expected ? 1 : 0;
        }

        Assert.InRange(matched, 300, 5700); // neither answer is rare
    }
}
