using System;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Base;
using SaltEvents.Core.Client;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;
using SaltEvents.Execution;
using SaltEvents.Objects;
using SaltEvents.Selection;

namespace SaltEvents.Cmdlets;

/// <summary>
/// Shows where a bus is and why it was chosen, who may use it, what it speaks, and what to do about problems. A broken bus
/// is a result, not an error.
/// </summary>
[Cmdlet(VerbsDiagnostic.Test, "SaltEventBus", DefaultParameterSetName = BusSets.Node)]
[OutputType(typeof(SaltEventBusTest))]
public sealed partial class TestSaltEventBusCommand : ListenCommand
{
    /// <summary>
    /// Fires a harmless event, with a unique tag under saltevents/test/, and waits for it. Without it, nothing is written to the bus.
    /// </summary>
    [Parameter]
    public SwitchParameter Fire { get; set; }

    /// <summary>
    /// How long to wait for that event, or without -Fire for any: seconds (fractions too), or a TimeSpan. 0 does not wait; -1 or Infinite
    /// waits without end.
    /// </summary>
    [Parameter]
    [WaitTime]
    public Seconds Timeout { get; set; } = new(3);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Uri is not null)
        {
            if (IsNats)
            {
                TestNats();
            }
            else
            {
                TestApi();
            }

            return;
        }

        ValidatePipeline();
        var (bus, problem) = Guard(Find);
        if (problem is not null)
        {
            WriteObject(Broken(bus, problem));
            return;
        }

        if (bus!.Api is { } api)
        {
            TestApi(api, bus);
            return;
        }

        WriteVerbose($"Testing the bus at {bus.Endpoint} ({bus.Reason}).");
        var result = Run(token => BusTest.RunAsync(bus.Endpoint, Fire, Timers.Wait(Timeout), ClientOptions, token));
        var risks = BusTrust.Risks(bus.Endpoint, bus.Node, bus.Configuration);
        var wrong = BusAdvice.DescribeProblems(result, bus.Node, risks, Fire, Timeout).ToArray();
        WriteObject(
            new SaltEventBusTest
            {
                Ok = wrong.Length == 0,
                Node = bus.Node,
                PubAddress = result.Pub.Presence == BusPresence.Unknown ? null : bus.Endpoint.PubText,
                PullAddress = result.Pull.Presence == BusPresence.Unknown ? null : bus.Endpoint.PullText,
                Origin = bus.Why,
                Settings = bus.Settings,
                Steps = Steps(bus.Endpoint),
                CanRead = Can(result.Pub),
                CanFire = Can(result.Pull),
                Dialect = result.Dialect,
                Accepts = result.Accepts is { } format
                    ? (format == Core.Framing.FrameFormat.Map ? SaltEventDialect.Map : SaltEventDialect.LengthPrefixed)
                    : null,
                RoundTrip = result.RoundTrip,
                Advice = wrong.Length > 0 ? wrong : BusAdvice.DescribeHealth(result, Fire).ToArray(),
            }
        );
    }

    private static bool? Can(BusProbeResult look) => look.Presence == BusPresence.Unknown ? null : look.Presence == BusPresence.Listening;

    private static SaltEventBusTest Broken(SelectedBus? bus, Exception problem) => new()
    {
        Node = bus?.Node,
        PubAddress = bus?.Endpoint.PubText,
        PullAddress = bus?.Endpoint.PullText,
        Origin = bus?.Why ?? (problem as SaltConfigurationException)?.Path,
        Settings = bus?.Settings ?? [],
        Steps = bus is null ? [] : Steps(bus.Endpoint),
        CanRead = false,
        CanFire = false,
        Advice = [BusAdvice.Describe(problem, bus?.Node)],
    };

    private static SaltEventTestStep[] Steps(BusEndpoint endpoint) =>
        endpoint is { Pub: UnixBusAddress pub, Pull: UnixBusAddress pull }
            ? UnixFileStatus
                .StepsTo(pub.Path)
                .Append((Path: pull.Path, Status: UnixFileStatus.Read(pull.Path)))
                .Select(
                    SaltEventTestStep (s) => new SaltEventPathStep(s.Path, s.Status?.Owner, s.Status?.Group, s.Status?.Mode, s.Status?.Kind)
                )
                .ToArray()
            : [];

    private (SelectedBus? Bus, Exception? Problem) Find()
    {
        try
        {
            var bus = BusSelector.Select(Request, StopToken);
            bus.Warnings.ToList().ForEach(WriteWarning);
            return (bus, bus.Problem);
        }
        catch (SaltConfigurationException e)
        {
            return (null, e);
        }
    }
}
