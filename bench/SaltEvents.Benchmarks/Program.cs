using System;
using System.Threading.Tasks;
using BenchmarkDotNet.Running;
using SaltEvents.Benchmarks.Api;
using SaltEvents.Benchmarks.Import;
using SaltEvents.Benchmarks.Memory;
using SaltEvents.Benchmarks.Peers;
using SaltEvents.Benchmarks.Pipeline;
using SaltEvents.Benchmarks.Relay;
using SaltEvents.Benchmarks.Reporting;
using SaltEvents.Benchmarks.Soak;
using SaltEvents.Benchmarks.Throughput;
using SaltEvents.Benchmarks.ZeroMq;

namespace SaltEvents.Benchmarks;

internal static class Program
{
    private const string Usage = """
        Measures SaltEvents. Build it as Release.

          throughput [--tcp] [--events N] [--runs N] [--only WORD]
                     The whole way: socket, client, bus, Watch-SaltEvent; the peers run in processes of their own.
                     --tcp     over TCP (127.0.0.1) instead of Unix sockets
                     --events  events a run, default 2000000; latency takes a hundredth of it
                     --runs    runs of which the median counts, default 5
                     --only    only scenarios with that word in their name, such as client
          zeromq     [--events N] [--runs N]
                     Through a ZeroMQ bus, beside libzmq doing the same (Debian's python3-zmq).
          api        [--events N] [--runs N]
                     The same events over salt-api and from a bus on this computer, and a stream at rest; default 10000 events and 21 runs.
          relay      [--events N] [--runs N]
                     Through a relay and a nats-server, beside the same bytes with the NATS client alone; default 100000 events and 5 runs.
          pipeline   [--events N] [--runs N] [--only WORD] [--pwsh PATH]
                     What a script pays for an event in a pipeline, beside a plain object, in pwsh and in the engine without it.
                     --pwsh    a pwsh, default the dotnet tool of the repository (dotnet tool restore)
          import     [--runs N] [--pwsh PATH]
                     What a fresh pwsh pays to import the module, beside ThreadJob.
          memory     [--runs N]
                     Resident memory of a listener, of a session with events, and of a bus for each subscriber.
          compare    BEFORE AFTER
                     What got slower between two files with the output of this program, beyond the noise of five runs; fails then.
          soak [--tcp] [--minutes N]
                     A bus, its peers and their mishaps for so long, default 10; fails where memory does not end where it began.
          micro      [BenchmarkDotNet's own arguments]
                     Single parts: reading frames, encoding, decoding, matching tags, reading a field.

        Below its table each mode but soak and micro prints a line of JSON for each figure and run.
        """;

    private static async Task<int> Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["throughput", .. var rest]:
                return ThroughputOptions.TryParse(rest, out var options) ? await ThroughputCommand.RunAsync(options) : Fail();
            case ["zeromq", .. var rest]:
                return ThroughputOptions.TryParse(rest, out var zeroMqOptions) ? await ZeroMqCommand.RunAsync(zeroMqOptions) : Fail();
            case ["api", .. var rest]:
                return ThroughputOptions.TryParse(["--events", "10000", "--runs", "21", .. rest], out var apiOptions)
                    ? await ApiCommand.RunAsync(apiOptions)
                    : Fail();
            case ["relay", .. var rest]:
                return ThroughputOptions.TryParse(["--events", "100000", "--runs", "5", .. rest], out var relayOptions)
                    ? await RelayCommand.RunAsync(relayOptions)
                    : Fail();
            case ["pipeline", .. var rest]:
                return PipelineOptions.TryParse(rest, out var pipeline) ? await PipelineCommand.RunAsync(pipeline) : Fail();
            case ["import", .. var rest]:
                return PipelineOptions.TryParse(rest, out var import) ? await ImportCommand.RunAsync(import) : Fail();
            case ["memory", .. var rest]:
                return ThroughputOptions.TryParse(rest, out var memory) ? await MemoryCommand.RunAsync(memory) : Fail();
            case ["compare", var before, var after]:
                return CompareCommand.Run(before, after, Console.Out);
            case ["soak", .. var rest]:
                return SoakOptions.TryParse(rest, out var soak) ? await SoakCommand.RunAsync(soak) : Fail();
            case ["micro", .. var rest]:
                BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(rest.Length == 0 ? ["--filter", "*"] : rest);
                return 0;
            case [PublisherPeer.Verb, var mode, var address, .. var events]:
                return PublisherPeer.Run(mode, address, events);
            case [ApiPeer.Verb]:
                return ApiPeer.Run();
            case [RelayPeer.Verb, var pub, var pull]:
                return RelayPeer.Run(pub, pull);
            case [MemoryPeer.Verb, var kind, var pub, var pull]:
                return await MemoryPeer.RunAsync(kind, pub, pull);
            case [BusPeer.Verb, var pub, var pull]:
                return await BusPeer.RunAsync(pub, pull);
            default:
                return Fail();
        }
    }

    private static int Fail()
    {
        Console.Error.WriteLine(Usage);
        return 2;
    }
}
