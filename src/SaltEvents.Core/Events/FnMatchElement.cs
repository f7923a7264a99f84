using System.Collections.Generic;
using System.Linq;

namespace SaltEvents.Core.Events;

/// <summary>One part of a shell pattern: any number of characters, or one character out of some ranges.</summary>
internal sealed class FnMatchElement
{
    private const int LastCharacter = 0x10FFFF;
    private readonly bool negated;
    private readonly (int First, int Last)[] ranges;

    private FnMatchElement(bool negated, params (int First, int Last)[] ranges)
    {
        this.negated = negated;
        this.ranges = ranges;
    }

    public static FnMatchElement AnyNumber { get; } = new(negated: true);

    public static FnMatchElement AnyOne { get; } = new(negated: true);

    public bool IsAnyNumber => ReferenceEquals(this, AnyNumber);

    /// <summary>The only character that it matches; null for a wildcard.</summary>
    public int? Literal { get; private init; }

    public static FnMatchElement One(int character) => new(negated: false, (character, character)) { Literal = character };

    /// <summary>What is between brackets. A range whose end comes before its start is empty, as in Python.</summary>
    public static FnMatchElement Set(List<int> members)
    {
        var ranges = new List<(int First, int Last)>();
        var negated = members[0] == '!';
        for (var i = negated ? 1 : 0; i < members.Count; i++)
        {
            var isRange = i + 2 < members.Count && members[i + 1] == '-';
            ranges.Add((members[i], isRange ? members[i + 2] : members[i]));
            i += isRange ? 2 : 0;
        }

        return new FnMatchElement(negated, ranges.ToArray());
    }

    public bool Matches(int character)
    {
        foreach (var (first, last) in ranges)
        {
            if (character >= first && character <= last)
            {
                return !negated;
            }
        }

        return negated;
    }

    /// <summary>Whether some character matches both.</summary>
    public bool Overlaps(FnMatchElement other) => Boundaries.Concat(other.Boundaries).Any(c => Matches(c) && other.Matches(c));

    // Between two of these characters the answer of Matches never changes.
    private IEnumerable<int> Boundaries => ranges.SelectMany(r => new[] { r.First, r.Last + 1 }).Append(0).Where(c => c <= LastCharacter);
}
