using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>Every example of the help pages and the README, as it stands, in a fresh runspace of a real pwsh.</summary>
public sealed class ExampleTests(ExampleTests.Results results) : IClassFixture<ExampleTests.Results>
{
    private static readonly string[] Files =
    [
        Path.Combine(Repository.Root, "README.md"),
        .. Directory.GetFiles(Path.Combine(Repository.Root, "docs", "en-US"), "*.md").Order(StringComparer.Ordinal),
    ];

    public static TheoryData<string> Pages => [.. Files.Select(path => Path.GetFileNameWithoutExtension(path))];

    public static TheoryData<string> Cmdlets =>
        [.. Files.Select(path => Path.GetFileNameWithoutExtension(path)).Where(name => name.Contains('-', StringComparison.Ordinal))];

    [SkippableTheory]
    [MemberData(nameof(Pages))]
    public void Every_example_runs_and_prints_what_the_page_shows(string page)
    {
        var examples = results.Of(page);
        Assert.NotEmpty(examples);
        Assert.All(examples, example => Assert.True(example.Problem.Length == 0, $"{example.Name}\n{example.Problem}"));
        Skip.If(examples.Any(example => example.Kind == "NoNats"), NatsServer.Missing);
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Three_examples_of_a_cmdlet_run_as_they_stand(string page) =>
        Assert.True(results.Of(page).Count(example => example.Kind != "Real") >= 3);

    [Fact]
    public void Few_examples_need_a_real_Salt()
    {
        var real = Files.SelectMany(path => results.Of(Path.GetFileNameWithoutExtension(path))).Where(example => example.Kind == "Real");
        Assert.InRange(real.Count(), 1, 30); // most of them name a salt-api or another computer
    }

    internal sealed record Example(string Name, string Kind, string Problem);

    /// <summary>One process runs all examples.</summary>
    public sealed class Results
    {
        private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
        private readonly Example[] all;

        public Results()
        {
            using var directory = new TempDirectory();
            var script = Path.Combine(Repository.Root, "tests", "Examples", "Invoke-Examples.ps1");
            var pester = Path.Combine(Repository.Metadata("PesterPackages"), Repository.Metadata("PesterVersions").Split(';')[^1], "tools");
            var start = Pwsh.Start("-File", script, "-ResultPath", directory["results.jsonl"], "-Pester", pester);
            start.Environment["LC_ALL"] = "en_US.UTF-8"; // the pages show numbers in this culture
            var run = ChildProcess.Run(start, Limit);
            Assert.True(run.ExitCode == 0, run.Output + run.Errors);
            all = [.. File.ReadLines(directory["results.jsonl"]).Select(line => JsonSerializer.Deserialize<Example>(line)!)];
        }

        internal Example[] Of(string page) => [.. all.Where(example => example.Name.StartsWith(page + " ", StringComparison.Ordinal))];
    }
}
