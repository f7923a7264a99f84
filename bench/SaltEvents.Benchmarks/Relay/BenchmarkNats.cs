using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;

namespace SaltEvents.Benchmarks.Relay;

/// <summary>A nats-server with JetStream on a free port of 127.0.0.1, with a directory of its own.</summary>
internal sealed class BenchmarkNats : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("saltevents-nats-").FullName;
    private readonly Process process;

    private BenchmarkNats(string program, int port)
    {
        Uri = new Uri($"nats://127.0.0.1:{port}");
        process = Process.Start(program, ["-a", "127.0.0.1", "-p", $"{port}", "-js", "-sd", Path.Combine(directory, "store"), "-l", Log]);
    }

    public Uri Uri { get; }

    private string Log => Path.Combine(directory, "server.log");

    /// <summary>Starts one; null if the program is not installed.</summary>
    public static async Task<BenchmarkNats?> StartAsync()
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator)
            .Append("/usr/sbin")
            .Where(d => d.Length > 0)
            .Select(d => Path.Combine(d, "nats-server"))
            .FirstOrDefault(File.Exists);
        if (program is null)
        {
            return null;
        }

        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        socket.Close();
        var server = new BenchmarkNats(program, port);
        while (!File.Exists(server.Log) || !(await File.ReadAllTextAsync(server.Log)).Contains("Server is ready", StringComparison.Ordinal))
        {
            await Task.Delay(10);
        }

        return server;
    }

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
        Directory.Delete(directory, recursive: true);
    }
}
