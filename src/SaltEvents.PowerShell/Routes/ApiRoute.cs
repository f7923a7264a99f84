using System;
using System.Text;
using System.Text.Json;
using SaltEvents.Core.Api;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Master;
using SaltEvents.Errors;
using SaltEvents.Execution;

namespace SaltEvents.Routes;

/// <summary>Sends over a salt-api: with the runner event.send, or to minions as a job of event.fire.</summary>
/// <param name="command">The command.</param>
/// <param name="api">The salt-api.</param>
/// <param name="clientOptions">How to listen to the answers of minions.</param>
/// <param name="target">The minions; null to fire on the master's bus.</param>
/// <param name="passesThru">Whether each event is written to the pipeline.</param>
internal sealed class ApiRoute(
    CancellableCmdlet command,
    SaltApiClient api,
    EventBusClientOptions clientOptions,
    JobTarget? target,
    bool passesThru
) : IEventRoute
{
    private IEventSubscription? answers;

    public void Open()
    {
        command.Run(token => api.SignInAsync(token));
        if (target?.Wait is not null)
        {
            answers = command.Run(async token =>
                (IEventSubscription)
                    await api.SubscribeAsync(JobReturnCollector.Filter, clientOptions with { Reconnect = true }, token)
                        .ConfigureAwait(false)
            );
        }
    }

    public void Send(OutgoingEvent outgoing)
    {
        var data = outgoing.BuildPayload(command.WriteWarning);
        var json = JsonRequest.Write(writer => WriteEvent(writer, outgoing.Tag, data)); // -WhatIf too refuses what cannot be sent
        if (!command.ShouldProcess(target?.ToString() ?? api.Options.Uri.ToString(), $"Fire event {outgoing.Tag}"))
        {
            return;
        }

        try
        {
            if (target is not null)
            {
                Publish(target, outgoing.Tag, data);
                return;
            }

            command.Run(token => api.FireAsync(outgoing.Tag, data, token));
            if (passesThru)
            {
                command.WriteObject(new SaltEvent(JsonEvent.Read(json)));
            }
        }
        catch (SaltApiException e)
        {
            command.WriteError(ErrorRecords.From(e, target is null ? outgoing.Input : target.Expression));
        }
    }

    public void Complete()
    {
        // The salt-api has answered for each event.
    }

    public bool IsNonTerminating(Exception error) =>
        error
            is InvalidEventException
                or SaltApiException
                {
                    Reason: SaltApiReason.NoMinionMatches or SaltApiReason.DeliveryUnknown or SaltApiReason.Failed or SaltApiReason.Refused
                };

    public void Dispose() => answers?.Dispose();

    private void Publish(JobTarget minions, string tag, PayloadMap data)
    {
        var job = command.Run(token => api.PublishAsync(minions.Expression, MasterPublisher.Name(minions.Type), tag, data, token));
        JobReturnCollector.Write(
            command,
            job,
            minions,
            tag,
            answers,
            job.Minions.Count > 0 ? TimeSpan.Zero : MasterChannelOptions.DefaultSyndicWait
        );
    }

    private static void WriteEvent(Utf8JsonWriter json, string tag, PayloadMap data)
    {
        json.WriteStartObject();
        json.WriteString("tag", Encoding.UTF8.GetBytes(tag));
        json.WritePropertyName("data");
        JsonRequest.WriteValue(json, data);
        json.WriteEndObject();
    }
}
