using System.Collections.Generic;
using SaltEvents.Core.Nats;
using SaltEvents.Objects;

namespace SaltEvents.Cmdlets;

/// <content>Testing NATS servers and their stream.</content>
public sealed partial class TestSaltEventBusCommand
{
    private void TestNats()
    {
        if (Fire)
        {
            ThrowTerminatingError(
                Errors.ErrorRecords.ParametersDisagree(
                    "-Fire cannot be used over NATS: relays fire only tags that their -Accept allows. Omit it, and fire with Send-SaltEvent -Site."
                )
            );
        }

        var bus = SelectBus();
        using var nats = bus.Nats!;
        var steps = new List<SaltEventApiStep>();
        NatsBusException? problem = null;
        try
        {
            Run(token => nats.ConnectAsync(token));
            steps.Add(new SaltEventApiStep("connection", true, nats.Server));
            steps.Add(new SaltEventApiStep("stream", true, Run(nats.CheckAsync)));
        }
        catch (NatsBusException e)
        {
            problem = e;
            steps.Add(new SaltEventApiStep(steps.Count == 0 ? "connection" : "stream", false, e.Message));
        }

        WriteObject(
            new SaltEventBusTest
            {
                Ok = problem is null,
                PubAddress = bus.Endpoint.Pub.ToString(),
                PullAddress = bus.Endpoint.Pull.ToString(),
                Origin = bus.Why,
                Settings = [new SaltEventBusSetting("stream", nats.Options.Stream, IsGiven(nameof(Stream)) ? "-Stream" : "default")],
                Steps = steps,
                CanRead = problem is null,
                Advice =
                [
                    problem is null
                        ? "The stream can be read. To check whether a site's relay runs, use Send-SaltEvent -Site."
                        : BusAdvice.Describe(problem),
                ],
            }
        );
    }

    private protected override bool IsNonTerminating(System.Exception error) => error is NatsBusException && Uri is not null;
}
