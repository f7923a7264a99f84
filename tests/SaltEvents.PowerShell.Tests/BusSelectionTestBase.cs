using System;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>A shell whose commands say which bus they use.</summary>
public abstract class BusSelectionTestBase : IDisposable
{
    private protected Shell Shell { get; } = new();

    public void Dispose()
    {
        Shell.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected void Uses(string directory, string why, string parameters = "")
    {
        var verbose = Shell.Run($"Send-SaltEvent t x -Verbose {parameters}").Good().Verbose[0];
        Assert.Contains($"{Shell.Directory}/{directory}/", verbose, StringComparison.Ordinal);
        Assert.Contains(why, verbose, StringComparison.Ordinal);
    }
}
