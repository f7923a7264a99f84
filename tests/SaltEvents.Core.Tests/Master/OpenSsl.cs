using System;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Master;

/// <summary>OpenSSL's command line over files in a directory of its own.</summary>
internal sealed class OpenSsl : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public OpenSsl()
    {
        Skip.If(!IsThere(), "No openssl command: install OpenSSL (apt-get install openssl).");
        File.WriteAllText(directory.In("key.pem"), TestKeys.Minion.ExportRSAPrivateKeyPem());
        File.WriteAllText(directory.In("pub.pem"), FakeMaster.Pem(TestKeys.Minion));
    }

    /// <summary>Runs it with "in" as the file <c>in</c> and gives what it wrote to <c>out</c>.</summary>
    public byte[] Run(byte[] input, string arguments)
    {
        File.WriteAllBytes(directory.In("in"), input);
        using var process = Start(arguments)!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
        return File.ReadAllBytes(directory.In("out"));
    }

    public void Dispose() => directory.Dispose();

    private bool IsThere()
    {
        try
        {
            using var process = Start("version");
            process!.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            directory.Dispose();
            return false;
        }
    }

    private Process? Start(string arguments) => Process.Start(new ProcessStartInfo("openssl", arguments)
    {
        WorkingDirectory = directory.Path,
        RedirectStandardError = true,
        RedirectStandardOutput = true,
    });
}
