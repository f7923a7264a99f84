using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Tests;
using Xunit;
using Xunit.Abstractions;

namespace SaltEvents.Core.Tests;

/// <summary>The tests of this project that .NET Framework can run, run on mono: the project SaltEvents.Core.Tests.NetFramework.</summary>
[Collection(nameof(NetFrameworkTests))]
public sealed partial class NetFrameworkTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private static string Executable =>
        typeof(NetFrameworkTests)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(a => a.Key == "NetFrameworkTests")
            .Value!;

    [NeedsFact(What = "mono-runtime")]
    [Trait("Suite", ".NET Framework")]
    public async Task They_pass_on_mono()
    {
        var mono = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator)
            .Select(d => Path.Combine(d, "mono"))
            .FirstOrDefault(File.Exists);
        Skip.If(mono is null, "mono is not installed: apt-get install mono-runtime runs the tests of .NET Framework 4.7.2 too.");

        var text = await RunAsync(mono!);
        for (var again = 0; again < 2 && IsBrokenByMono(text); again++)
        {
            text = await RunAsync(mono!);
        }

        Skip.If(IsBrokenByMono(text), "mono's own timers broke down three times in a row (System.Threading.Timer+Scheduler).");
        foreach (var line in text.Split('\n').Where(line => Results().IsMatch(line)))
        {
            output.WriteLine(".NET Framework 4.7.2 on mono: " + line);
        }

        // Not by its exit code: mono can stumble over its own threads when it ends.
        Assert.True(Counts().IsMatch(text), text);
    }

    [GeneratedRegex(@"^[1-9]\d* passed, 0 failed, \d+ skipped$", RegexOptions.Multiline)]
    private static partial Regex Counts();

    // What was left out and why, and the counts.
    [GeneratedRegex(@"^Skipped|^\d+ passed, ")]
    private static partial Regex Results();

    // The timers of mono 6.8 sort a list while another thread changes it: the process ends with that exception, before any count.
    private static bool IsBrokenByMono(string text) =>
        text.Contains("Timer+Scheduler", StringComparison.Ordinal) && !Counts().IsMatch(text);

    private static async Task<string> RunAsync(string mono)
    {
        using var process = Process.Start(
            new ProcessStartInfo(mono, [Executable]) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        try
        {
            var text = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync()).WaitAsync(Limit);
            await process.WaitForExitAsync().Soon();
            return string.Concat(text);
        }
        finally
        {
            process.Kill();
        }
    }
}
