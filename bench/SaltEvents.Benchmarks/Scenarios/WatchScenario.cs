using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using System.Threading.Tasks;
using SaltEvents.Benchmarks.Throughput;
using SaltEvents.Core.Transport;

namespace SaltEvents.Benchmarks.Scenarios;

/// <summary>Watch-SaltEvent in the PowerShell engine, with the module imported as a user does.</summary>
internal sealed class WatchScenario(BenchmarkPlace place) : PublishedScenario(place)
{
    private readonly Runspace runspace = CreateRunspace();

    public override string Name => "watch";

    public override IReadOnlyList<Figure> Figures { get; } = [new("Watch-SaltEvent | Out-Null", Figure.EventsPerSecond, 300_000)];

    public override async Task StartAsync()
    {
        await base.StartAsync();
        runspace.Open();
        using var import = PowerShell.Create(runspace);
        import
            .AddCommand("Import-Module")
            .AddParameter("Name", Path.Combine(RepositoryRoot(), "SaltEvents.psd1"))
            .AddParameter("ErrorAction", "Stop")
            .Invoke();
    }

    /// <summary>Checks the order too, which Out-Null cannot.</summary>
    public override Task<RunResult> WarmUpAsync(int events) => WatchAsync(events, MeasureSequenceCommand.Name);

    public override Task<RunResult> RunAsync(int events) => WatchAsync(events, "Out-Null");

    public override async ValueTask DisposeAsync()
    {
        runspace.Dispose();
        await base.DisposeAsync();
    }

    private static Runspace CreateRunspace()
    {
        var state = InitialSessionState.CreateDefault2();
        state.Commands.Add(new SessionStateCmdletEntry(MeasureSequenceCommand.Name, typeof(MeasureSequenceCommand), null));
        return RunspaceFactory.CreateRunspace(state);
    }

    private static string RepositoryRoot() => typeof(WatchScenario).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    private static IReadOnlyList<PSObject> Invoke(PowerShell shell)
    {
        try
        {
            return shell.Invoke();
        }
        catch (RuntimeException e)
        {
            shell.Streams.Error.Add(e.ErrorRecord);
            return [];
        }
    }

    private async Task<RunResult> WatchAsync(int events, string consumer)
    {
        using var shell = PowerShell.Create(runspace);
        shell
            .AddCommand("Watch-SaltEvent")
            .AddParameter("Count", events)
            .AddParameter("Timeout", Patience)
            .AddParameter("Overflow", "Block");
        _ = Pub is UnixBusAddress unix
            ? shell.AddParameter("SockDir", Path.GetDirectoryName(unix.Path))
            : shell.AddParameter("PubPort", ((TcpBusAddress)Pub).Port);
        shell.AddCommand(consumer);
        var clock = Stopwatch.StartNew();
        Publisher.Send(events);
        var output = await Task.Run(() => Invoke(shell));
        clock.Stop();
        var sent = await Publisher.ReadNumberAsync("sent");
        foreach (var complaint in shell.Streams.Warning.Select(w => w.Message).Concat(shell.Streams.Error.Select(e => e.ToString())))
        {
            Console.Error.WriteLine("Watch-SaltEvent: " + complaint);
        }

        // With -Count it ends at the last event that was sent, or much later at its -Timeout.
        var complete = shell.Streams.Error.Count == 0 && shell.Streams.Warning.Count == 0 && clock.Elapsed < Patience;
        var received = output.Count == 1 ? (long)output[0].BaseObject : complete ? events : 0;
        return new RunResult(sent, received, 0, RunResult.Rate(received, clock));
    }
}
