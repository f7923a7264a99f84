using System.Collections.Generic;
using System.Linq;
using SaltEvents.Core.Api;
using SaltEvents.Execution;
using SaltEvents.Objects;
using SaltEvents.Selection;

namespace SaltEvents.Cmdlets;

/// <content>Testing a salt-api.</content>
public sealed partial class TestSaltEventBusCommand
{
    private void TestApi()
    {
        var (bus, problem) = Guard(FindApi);
        if (problem is null)
        {
            TestApi(bus!.Api!, bus);
            return;
        }

        WriteObject(Describe(SaltApiTest.Refused(problem), new ApiAddress(Uri![0]).ToString(), "-Uri", []));
    }

    private void TestApi(SaltApiClient api, SelectedBus bus)
    {
        WriteVerbose($"Testing salt-api at {bus.Endpoint.Pub}.");
        var result = Run(token => SaltApiTest.RunAsync(api, Fire, Timers.Wait(Timeout), token));
        SaltEventBusSetting[] settings = api.Options.UserName is not { } user ? [] :
        [
            new SaltEventBusSetting("user", user, "-Credential"),
            new SaltEventBusSetting("eauth", api.Options.Eauth, IsGiven(nameof(Eauth)) ? "-Eauth" : Uri is null ? "session" : "default"),
        ];
        WriteObject(Describe(result, bus.Endpoint.Pub.ToString(), bus.Why, settings));
    }

    private SaltEventBusTest Describe(
        SaltApiTestResult result,
        string address,
        string origin,
        IReadOnlyList<SaltEventBusSetting> settings
    ) =>
        new()
        {
            Ok = result.Problem is null,
            Node = SaltNode.Master,
            PubAddress = address,
            PullAddress = address,
            Origin = origin,
            Settings = settings,
            Steps = result.Steps.Select(s => new SaltEventApiStep(s.Name, s.Passed, s.Detail)).ToArray(),
            CanRead = result.CanRead,
            CanFire = result.CanFire,
            Dialect =
                result.HasEvents ? SaltEventDialect.Json
                : result.Problem is SaltApiException { Reason: SaltApiReason.NotSaltApi } ? SaltEventDialect.NotASaltBus
                : SaltEventDialect.NoneSeen,
            Accepts = Fire && result.CanFire == true ? SaltEventDialect.Json : null,
            RoundTrip = result.RoundTrip,
            Advice = [result.Problem is { } problem ? BusAdvice.Describe(problem) : BusAdvice.DescribeHealth(result, Fire)],
        };

    // An address that may not be used is also a result.
    private (SelectedBus? Bus, SaltApiException? Problem) FindApi()
    {
        try
        {
            return (BusSelector.Select(Request, StopToken), null);
        }
        catch (SaltApiException e)
        {
            return (null, e);
        }
    }
}
