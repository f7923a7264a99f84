using System;
using SaltEvents.Core.Compat;
using Xunit;

namespace SaltEvents.Core.Tests.Configuration;

/// <summary>What errors advise, in the words of the platform.</summary>
public sealed class PlatformTextTests
{
    private static string All(PlatformText text) =>
        string.Join(
            ' ',
            text.RunAs(null),
            text.RunAs("salt"),
            text.ParametersForBus,
            text.ParametersForAddress,
            text.StartSalt(null),
            text.StartSalt(SaltNode.Master),
            text.StartSalt(SaltNode.Minion),
            text.PortDeniedReason
        );

    [Fact]
    public void On_Windows_nothing_of_Unix_is_advised()
    {
        var windows = new PlatformText(isWindows: true);

        Assert.All(
            new[] { "sudo", "root", "-SockDir", "systemctl", "1023", "master" },
            word => Assert.DoesNotContain(word, All(windows), StringComparison.Ordinal)
        );
        Assert.All(
            new[] { "as Administrator", "Start-Service salt-minion", "excludedportrange", "-PubPort" },
            word => Assert.Contains(word, All(windows), StringComparison.Ordinal)
        );
        Assert.Contains("-PubPort", windows.SockDirRefusal, StringComparison.Ordinal);
        Assert.StartsWith("A Salt master does not run on Windows", windows.MissingMasterKey("SYSTEM"), StringComparison.Ordinal);
    }

    [Fact]
    public void Elsewhere_nothing_of_Windows_is()
    {
        var unix = new PlatformText(isWindows: false);

        Assert.All(
            new[] { "Administrator", "Start-Service", "excludedportrange" },
            word => Assert.DoesNotContain(word, All(unix), StringComparison.Ordinal)
        );
        Assert.All(
            new[] { "sudo -u salt pwsh", "systemctl start", "-SockDir", "1023" },
            word => Assert.Contains(word, All(unix), StringComparison.Ordinal)
        );
        Assert.Null(unix.SockDirRefusal);
        Assert.StartsWith("A Salt master that runs as salt makes it", unix.MissingMasterKey("salt"), StringComparison.Ordinal);
    }
}
