using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace SaltEvents.Core.Tests.Runner;

/// <summary>
/// Runs the tests of this assembly and prints what failed and what was left out and why, then the counts. An argument runs only
/// the tests with that text in their name. xunit's own console runner needs more of mono than mono-runtime has.
/// </summary>
internal static class Program
{
    public static int Main(string[] arguments)
    {
        using var framework = new XunitTestFramework(new NullMessageSink());
        var assembly = Assembly.GetExecutingAssembly();
        using var found = new TestSink();
        framework.GetDiscoverer(Reflector.Wrap(assembly)).Find(includeSourceInformation: false, found, new TestOptions());
        found.Finished.Wait();

        var stale = Unsupported.Stale(found.Cases.Select(c => c.DisplayName).ToArray());
        if (stale.Length > 0)
        {
            Console.WriteLine($"No test has a name such as {string.Join(", ", stale)}: correct it in {nameof(Unsupported)}.");
            return 1;
        }

        var cases = found
            .Cases.Where(c => arguments.Length == 0 || c.DisplayName.Contains(arguments[0]))
            .ToLookup(c => Unsupported.ReasonFor(c.DisplayName));
        foreach (var left in cases.Where(c => c.Key is not null))
        {
            Console.WriteLine($"Skipped, {left.Count()} tests: {left.Key}");
        }

        using var results = new TestSink();
        framework.GetExecutor(assembly.GetName()).RunTests(cases[null].Cast<IXunitTestCase>(), results, new TestOptions());
        results.Finished.Wait();
        var skipped = results.Skipped + cases.Where(c => c.Key is not null).Sum(c => c.Count());
        Console.WriteLine($"{results.Passed} passed, {results.Failed} failed, {skipped} skipped");
        return results.Failed == 0 && results.Passed > 0 ? 0 : 1;
    }
}
