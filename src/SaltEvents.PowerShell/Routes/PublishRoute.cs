using System;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Master;
using SaltEvents.Core.Protocols;
using SaltEvents.Errors;
using SaltEvents.Execution;
using SaltEvents.Selection;

namespace SaltEvents.Routes;

/// <summary>Sends to the buses of minions, as jobs of the master on this computer.</summary>
/// <param name="command">The command.</param>
/// <param name="channel">How to reach the master.</param>
/// <param name="target">The minions.</param>
/// <param name="answers">The minions' answers; null if nothing waits for them.</param>
/// <param name="request">The master's bus.</param>
/// <param name="clientOptions">How to connect to it.</param>
internal sealed class PublishRoute(
    CancellableCmdlet command,
    MasterChannelOptions channel,
    JobTarget target,
    AnswerSubscription? answers,
    BusRequest request,
    EventBusClientOptions clientOptions) : IEventRoute
{
    private readonly MasterPublisher publisher = new(channel);

    public void Open()
    {
        command.Guard(publisher.CheckKey);
        answers?.Open();
    }

    public void Send(OutgoingEvent outgoing)
    {
        var data = outgoing.BuildPayload(command.WriteWarning);
        if (!command.ShouldProcess(target.ToString(), $"Fire event {outgoing.Tag}"))
        {
            return;
        }

        try
        {
            answers?.Renew();
            publisher.IsOldMaster = IsOldMaster(data);
            var job = command.Run(token => publisher.PublishAsync(target.Expression, target.Type, outgoing.Tag, data, token));

            // A master that names no minion but still publishes is a master of masters.
            var hasSyndics = channel.SyndicWait > TimeSpan.Zero || job.Minions.Count == 0;
            var syndicsWait =
                !hasSyndics ? TimeSpan.Zero
                : channel.SyndicWait > TimeSpan.Zero ? channel.SyndicWait
                : MasterChannelOptions.DefaultSyndicWait;
            JobReturnCollector.Write(command, job, target, outgoing.Tag, answers?.Source, syndicsWait);
        }
        catch (MasterRequestException e)
        {
            command.WriteError(ErrorRecords.From(e, target.Expression));
        }
    }

    public void Complete()
    {
        // The master has answered for each job.
    }

    public bool IsNonTerminating(Exception error) =>
        error is InvalidEventException or MasterRequestException { Reason: MasterRequestReason.NoMinionMatches };

    public void Dispose()
    {
        publisher.Dispose();
        answers?.Dispose();
    }

    // A master with a ZeroMQ bus may not know dates. If nothing else has shown it, it is only worth checking for a payload that has some.
    private bool IsOldMaster(PayloadMap data)
    {
        if (request.Transport is not null || answers is not null)
        {
            return request.Transport == SaltTransport.ZeroMq || answers?.Protocol == BusProtocol.ZeroMq;
        }

        if (
            !OldMessagePack.HasExtension(data)
            || command.Guard(() => BusSelector.Select(request, command.StopToken)) is not { Problem: null } bus
        )
        {
            return false;
        }

        return bus.Endpoint.Protocol == BusProtocol.ZeroMq
            || (
                SaltEventBus.FormatAt(bus.Endpoint) is null
                && command
                    .Run(token => BusTest.RunAsync(bus.Endpoint, fire: false, AnswerSubscription.GreetingTime, clientOptions, token))
                    .Dialect == SaltEventDialect.ZeroMQ
            );
    }
}
