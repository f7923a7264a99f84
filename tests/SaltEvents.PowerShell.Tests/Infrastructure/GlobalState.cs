using Xunit;

namespace SaltEvents.Tests;

/// <summary>Tests that change or count what the whole process shares run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class GlobalState
{
    public const string Name = "Global state";
}
