using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading.Tasks;

namespace SaltEvents.Benchmarks.Peers;

/// <summary>This program started once more, as a peer. It takes commands as lines, and ends when its input does.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Process process;

    private PeerProcess(Process process) => this.process = process;

    /// <summary>What it said once it was ready: its addresses.</summary>
    public string[] Addresses { get; private set; } = [];

    public static async Task<PeerProcess> StartAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!);
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet")
        {
            start.ArgumentList.Add(typeof(PeerProcess).Assembly.Location);
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return await StartAsync(start);
    }

    /// <summary>Any other program that speaks in the same way.</summary>
    public static async Task<PeerProcess> StartAsync(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = true;
        var peer = new PeerProcess(Process.Start(start)!);
        peer.Addresses = (await peer.ReadAsync("ready")).Split(' ');
        return peer;
    }

    public void Write(string line)
    {
        process.StandardInput.WriteLine(line);
        process.StandardInput.Flush();
    }

    public void Send(int events) => Write(string.Create(CultureInfo.InvariantCulture, $"send {events}"));

    public async Task<long> ReadNumberAsync(string name) => long.Parse(await ReadAsync(name), CultureInfo.InvariantCulture);

    /// <summary>Ends it where it is, which may be in the middle of waiting for a connection.</summary>
    public void Kill() => process.Kill();

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        using (process)
        {
            var ended = process.WaitForExitAsync();
            if (await Task.WhenAny(ended, Task.Delay(Patience)) != ended)
            {
                process.Kill();
            }
        }
    }

    private async Task<string> ReadAsync(string name)
    {
        var line = await process.StandardOutput.ReadLineAsync();
        return line is not null && line.StartsWith(name + " ", StringComparison.Ordinal)
            ? line.Substring(name.Length + 1)
            : throw new InvalidOperationException($"The peer said \"{line}\" where \"{name} ...\" was due.");
    }
}
