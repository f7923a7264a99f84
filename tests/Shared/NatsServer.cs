using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>A real nats-server with JetStream on loopback, with a directory of its own. It can be killed and started again.</summary>
internal sealed class NatsServer : IDisposable
{
    public const string Needs = "nats-server";
    public const string Missing = "nats-server is not installed (Debian: nats-server).";
    private const string Reloaded = "Reloaded server configuration";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly string configuration;
    private readonly Dictionary<string, string> environment;
    private Process? process;

    /// <param name="settings">Further lines of its configuration.</param>
    /// <param name="port">Its port for clients; a free one where it is not given.</param>
    /// <param name="maxFile">How much its JetStream may store; null for none.</param>
    /// <param name="environment">Variables that the configuration names.</param>
    private NatsServer(string settings, int? port, string? maxFile, IReadOnlyDictionary<string, string>? environment)
    {
        Port = port ?? FreePort();
        this.environment = environment?.ToDictionary(e => e.Key, e => e.Value) ?? [];
        configuration = System.IO.Path.Combine(Directory, "server.conf");
        File.WriteAllText(configuration, $$"""
            listen: "127.0.0.1:{{Port}}"
            {{(
                maxFile is null
                    ? string.Empty
                    : $"jetstream {{ store_dir: \"{System.IO.Path.Combine(Directory, "store").Replace('\\', '/')}\", max_memory_store: 64MB, max_file_store: {maxFile} }}"
            )}}
            {{settings}}
            """);
    }

    /// <summary>The program; null where it is not installed.</summary>
    public static string? Program { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(System.IO.Path.PathSeparator)
            .Append("/usr/sbin")
            .Where(d => d.Length > 0)
            .Select(d => System.IO.Path.Combine(d, OperatingSystem.IsWindows() ? "nats-server.exe" : "nats-server"))
            .FirstOrDefault(File.Exists);

    public int Port { get; }

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("nats-").FullName;

    public Uri Uri => new($"nats://127.0.0.1:{Port}");

    public string Log => System.IO.Path.Combine(Directory, "server.log");

    public bool IsRunning => process is { HasExited: false };

    /// <summary>Starts one, or skips the test where the program is missing.</summary>
    public static NatsServer Start(
        string settings = "",
        int? port = null,
        string maxFile = "1GB",
        IReadOnlyDictionary<string, string>? environment = null,
        bool jetStream = true,
        params string[] files
    )
    {
        Skip.If(Program is null, Missing);
        var server = new NatsServer(settings, port, jetStream ? maxFile : null, environment);
        foreach (var file in files)
        {
            File.Copy(file, System.IO.Path.Combine(server.Directory, System.IO.Path.GetFileName(file)));
        }

        server.Start();
        return server;
    }

    /// <summary>A port that nothing listens on now.</summary>
    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Starts it again, with what it had stored.</summary>
    public void Start()
    {
        var start = new ProcessStartInfo(Program!);
        foreach (var argument in new[] { "-c", configuration, "-l", Log })
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var variable in environment)
        {
            start.Environment[variable.Key] = variable.Value;
        }

        File.Delete(Log);
        process = Process.Start(start)!;
        var watch = Stopwatch.StartNew();
        while (!IsReady())
        {
            if (!IsRunning || watch.Elapsed > Limit)
            {
                Kill();
                Assert.Fail("nats-server did not start: " + (File.Exists(Log) ? File.ReadAllText(Log) : "it has logged nothing"));
            }

            Thread.Sleep(5);
        }
    }

    /// <summary>Has it read its configuration again, with another text in a file beside it.</summary>
    public void Reload(string file, string text)
    {
        File.WriteAllText(System.IO.Path.Combine(Directory, file), text);
        var before = CountInLog(Reloaded);
        using var signal = Process.Start(new ProcessStartInfo(Program!) { ArgumentList = { "--signal", $"reload={process!.Id}" } })!;
        signal.WaitForExit();
        Assert.Equal(0, signal.ExitCode);
        for (var watch = Stopwatch.StartNew(); CountInLog(Reloaded) == before; Thread.Sleep(5))
        {
            Assert.True(watch.Elapsed < Limit, "nats-server did not read its configuration again.");
        }
    }

    /// <summary>Ends it at once, as a crash does.</summary>
    public void Kill()
    {
        if (process is { } running)
        {
            process = null;
            running.Kill();
            running.WaitForExit();
            running.Dispose();
        }
    }

    public void Dispose()
    {
        Kill();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private int CountInLog(string text)
    {
        using var log = new StreamReader(new FileStream(Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return log.ReadToEnd().Split(text).Length - 1;
    }

    // An attempt to connect could connect to itself: the system takes ports for outgoing connections from the same range.
    private bool IsReady()
    {
        try
        {
            return CountInLog("Server is ready") > 0;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }
}
