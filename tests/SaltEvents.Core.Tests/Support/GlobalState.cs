using Xunit;

namespace SaltEvents.Core.Tests.Support;

/// <summary>
/// Tests that count the process's threads, open files and allocations, or change its umask or environment: they run alone, after the
/// others.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class GlobalState
{
    public const string Name = "Global state";
}
