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
public sealed class NetFrameworkTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private static string Executable => typeof(NetFrameworkTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "NetFrameworkTests").Value!;

    [NeedsFact(What = "mono-runtime")]
    public async Task They_pass_on_mono()
    {
        var mono = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Select(d => Path.Combine(d, "mono")).FirstOrDefault(File.Exists);
        Skip.If(mono is null, "mono is not installed: apt-get install mono-runtime runs the tests of .NET Framework 4.7.2 too.");

        using var process = Process.Start(new ProcessStartInfo(mono!, [Executable]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            var told = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync()).WaitAsync(Limit);
            await process.WaitForExitAsync().Soon();
            output.WriteLine(told[0]);
            // Not by its exit code: mono can stumble over its own threads when it ends.
            Assert.True(Regex.IsMatch(told[0], @"^[1-9]\d* passed, 0 failed, \d+ skipped$", RegexOptions.Multiline), string.Concat(told));
        }
        finally
        {
            process.Kill();
        }
    }
}
