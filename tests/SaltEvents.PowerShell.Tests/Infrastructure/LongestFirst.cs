using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("SaltEvents.Tests.LongestFirst", "SaltEvents.PowerShell.Tests")]

namespace SaltEvents.Tests;

/// <summary>Starts what takes longest first, so that the other tests run beside it and not before it.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest = [nameof(PesterTests), nameof(PackageTests)];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderByDescending(c => Longest.Any(name => c.DisplayName.EndsWith(name, StringComparison.Ordinal)));
}
