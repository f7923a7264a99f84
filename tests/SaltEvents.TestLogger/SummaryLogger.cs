using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.VisualStudio.TestPlatform.ObjectModel;
using Microsoft.VisualStudio.TestPlatform.ObjectModel.Client;

namespace SaltEvents.Tests;

/// <summary>
/// Ends a run with the results of the suites that tests ran elsewhere (Pester, .NET Framework), and with the reasons for what was skipped.
/// </summary>
[FriendlyName("summary")]
[ExtensionUri("logger://SaltEvents/Summary")]
public sealed class SummaryLogger : ITestLogger
{
    /// <summary>The trait of a test that runs a suite; each line of its output is a result.</summary>
    private const string SuiteTrait = "Suite";

    private readonly List<TestResult> results = [];

    public void Initialize(TestLoggerEvents events, string testRunDirectory)
    {
        ArgumentNullException.ThrowIfNull(events);
        events.TestResult += (_, e) => results.Add(e.Result);
        events.TestRunComplete += (_, _) => WriteSummary();
    }

    private void WriteSummary()
    {
        foreach (var line in results.Where(IsSuite).SelectMany(Output).Order(StringComparer.Ordinal))
        {
            Console.WriteLine(line);
        }

        var reasons = results.Where(r => r.Outcome == TestOutcome.Skipped).GroupBy(Reason).OrderBy(g => g.Key, StringComparer.Ordinal);
        foreach (var skipped in reasons)
        {
            Console.WriteLine($"Skipped {skipped.Count()}: {skipped.Key}");
        }
    }

    private static bool IsSuite(TestResult result) => result.TestCase.Traits.Any(t => t.Name == SuiteTrait);

    private static IEnumerable<string> Output(TestResult result) => result.Messages
        .Where(m => m.Category == TestResultMessage.StandardOutCategory)
        .SelectMany(m => (m.Text ?? string.Empty).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static string Reason(TestResult result) =>
        result.ErrorMessage ?? Output(result).FirstOrDefault() ?? "no reason was given for " + result.TestCase.DisplayName;
}
