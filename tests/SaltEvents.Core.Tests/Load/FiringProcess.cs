using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using Xunit;

namespace SaltEvents.Core.Tests.Load;

/// <summary>A process of its own that fires numbered events of many lengths: this assembly, started as a program.</summary>
internal sealed class FiringProcess : IDisposable
{
    private const int LongestPad = 300_000;
    private readonly Process process;

    private FiringProcess(string name, Process process)
    {
        Name = name;
        this.process = process;
    }

    public string Name { get; }

    /// <summary>Starts it; it has connected and waits for <see cref="Go"/>.</summary>
    public static async Task<FiringProcess> StartAsync(BusEndpoint bus, string name, int count, FrameFormat format)
    {
        string[] arguments =
        [
            typeof(FiringProcess).Assembly.Location,
            name,
            count.ToString(CultureInfo.InvariantCulture),
            format.ToString(),
            Text(bus.Pub),
            Text(bus.Pull),
        ];
        // The dotnet that runs the tests, with the same runtime.
        var start = new ProcessStartInfo(Environment.ProcessPath!, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var firing = new FiringProcess(name, Process.Start(start)!);
        Assert.Equal("ready", await firing.process.StandardOutput.ReadLineAsync().Soon());
        return firing;
    }

    /// <summary>What the program does.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var options = new EventBusClientOptions { Format = Enum.Parse<FrameFormat>(arguments[2]) };
        using var client = new EventBusClient(new BusEndpoint(Address(arguments[3]), Address(arguments[4])), options);
        await client.ConnectPullAsync();
        Console.WriteLine("ready");
        _ = Console.ReadLine();
        foreach (var i in Enumerable.Range(0, int.Parse(arguments[1], CultureInfo.InvariantCulture)))
        {
            await client.FireAsync($"{arguments[0]}/{i}", new PayloadMap { { "pad", Pad(i) } });
        }

        return await client.CompleteAsync(Eventually.Limit) ? 0 : 1;
    }

    /// <summary>The sender and number of an event, all of whose bytes are what that sender wrote.</summary>
    public static (string Name, int Number) Check(SaltEvent saltEvent)
    {
        var parts = saltEvent.Tag.Split('/');
        var number = int.Parse(parts[1], CultureInfo.InvariantCulture);
        Assert.True(saltEvent.Fields.TryGetValue("pad", out var pad));
        Assert.True(Pad(number).AsSpan().SequenceEqual((byte[])pad!), $"{saltEvent} is torn.");
        return (parts[0], number);
    }

    public void Go() => process.StandardInput.WriteLine();

    /// <summary>Waits until it has ended, with all of its events taken by the bus.</summary>
    public async Task EndAsync()
    {
        await process.WaitForExitAsync().Soon();
        Assert.Equal(0, process.ExitCode);
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }

    // Most are short; some take many reads and writes.
    private static byte[] Pad(int number)
    {
        var pad = new byte[number % 10 == 0 ? number * 997 % LongestPad : number % 100];
        Array.Fill(pad, (byte)number);
        return pad;
    }

    private static string Text(BusAddress address) =>
        address is UnixBusAddress unix ? unix.Path : ((TcpBusAddress)address).Port.ToString(CultureInfo.InvariantCulture);

    private static BusAddress Address(string text) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out var port)
            ? new TcpBusAddress(TcpBusAddress.Loopback, port)
            : new UnixBusAddress(text);
}
