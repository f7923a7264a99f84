using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using Xunit;

namespace SaltEvents.Core.Tests.ZeroMq;

/// <summary>A process with libzmq (Debian's python3-zmq) that plays one part of Salt on a ZeroMQ bus: see zeromq_peer.py.</summary>
internal sealed class ZeroMqPeer : IAsyncDisposable
{
    private static readonly string Script = Path.Combine(AppContext.BaseDirectory, "ZeroMq", "zeromq_peer.py");
    private static readonly Lazy<string?> Interpreter = new(() => new[] { "/usr/bin/python3", "python3" }.FirstOrDefault(CanImport));
    private readonly Process process;

    private ZeroMqPeer(params string[] arguments)
    {
        Skip.If(
            Interpreter.Value is null,
            "No Python with zmq and msgpack: install Debian's python3-zmq and python3-msgpack (apt-get install python3-zmq python3-msgpack)."
        );
        process = Process.Start(
            new ProcessStartInfo(Interpreter.Value, [Script, .. arguments])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                StandardInputEncoding = new UTF8Encoding(false),
                StandardOutputEncoding = new UTF8Encoding(false),
            }
        )!;
    }

    public static void SkipWithout() =>
        Skip.If(Interpreter.Value is null, "No Python with zmq and msgpack: install Debian's python3-zmq and python3-msgpack.");

    /// <summary>A bus on TCP, or in a directory.</summary>
    public static async Task<(ZeroMqPeer Bus, BusEndpoint Endpoint)> StartBusAsync(string? directory = null)
    {
        var bus = directory is null
            ? new ZeroMqPeer("bus", "tcp://127.0.0.1:*", "tcp://127.0.0.1:*")
            : new ZeroMqPeer("bus", $"ipc://{directory}/master_event_pub.ipc", $"ipc://{directory}/master_event_pull.ipc");
        var urls = (await bus.ReadAsync()).Split(' ');
        return (bus, new BusEndpoint(Parse(urls[1]), Parse(urls[2]), BusProtocol.ZeroMq));
    }

    public static ZeroMqPeer Listen(BusAddress pub, SaltTagForm form, string prefix = "") =>
        new("listen", BusProtocol.ZeroMq.Format(pub), form.ToString(), prefix);

    public static ZeroMqPeer Fire(BusAddress pull, SaltTagForm form) => new("fire", BusProtocol.ZeroMq.Format(pull), form.ToString());

    public async Task SendAsync(string tag, JsonNode? data)
    {
        process.StandardInput.WriteLine(new JsonArray(tag, data).ToJsonString());
        process.StandardInput.Flush();
        Assert.Equal("ok", await ReadAsync());
    }

    public async Task<(string Tag, JsonElement Data)> ReadEventAsync()
    {
        var pair = JsonDocument.Parse(await ReadAsync()).RootElement;
        return (pair[0].GetString()!, pair[1]);
    }

    public async Task<string> ReadAsync() =>
        await process.StandardOutput.ReadLineAsync().Soon() ?? throw new EndOfStreamException("The peer has ended.");

    /// <summary>Ends it as a crash does.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        using (process)
        {
            var ended = process.WaitForExitAsync();
            if (await Task.WhenAny(ended, Task.Delay(Eventually.Limit)) != ended)
            {
                process.Kill();
            }

            await ended;
        }
    }

    private static BusAddress Parse(string url)
    {
        var rest = url[(url.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var colon = rest.LastIndexOf(':');
        return url.StartsWith("ipc", StringComparison.Ordinal)
            ? new UnixBusAddress(rest)
            : new TcpBusAddress(rest[..colon], int.Parse(rest.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture));
    }

    private static bool CanImport(string interpreter)
    {
        try
        {
            using var probe = Process.Start(new ProcessStartInfo(interpreter, [Script, "probe"]) { RedirectStandardError = true })!;
            _ = probe.StandardError.ReadToEnd();
            probe.WaitForExit();
            return probe.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
