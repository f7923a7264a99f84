using System;
using System.Runtime.Versioning;
using SaltEvents.Core.Tests.Support;

namespace SaltEvents.Core.Tests.Configuration;

/// <summary>The files of a Salt's configuration.</summary>
[UnsupportedOSPlatform("windows")]
public abstract class SaltConfigurationTestBase : IDisposable
{
    private protected SaltFiles Files { get; } = new();

    public void Dispose()
    {
        Files.Dispose();
        GC.SuppressFinalize(this);
    }
}
