using System;
using System.Management.Automation;
using System.Security;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using SaltEvents.Base;
using SaltEvents.Core.Api;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Master;
using SaltEvents.Errors;
using SaltEvents.Routes;
using SaltEvents.Selection;

namespace SaltEvents.Cmdlets;

/// <content>Firing over salt-api: the runner event.send, and with -Target a job of event.fire.</content>
public sealed partial class SendSaltEventCommand : IApiCommand
{
    private SaltApiClient? api;
    private IEventSubscription? apiAnswers;

    /// <summary>The master's salt-api, such as https://master:8000, in place of a bus on this computer.</summary>
    [Parameter(Mandatory = true, ParameterSetName = BusSets.Uri)]
    [ValidateNotNull]
    public Uri? Uri { get; set; }

    /// <summary>The user of salt-api and the password. The token for them is kept in this process and renewed.</summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    [Credential]
    [ValidateNotNull]
    public PSCredential? Credential { get; set; }

    /// <summary>How Salt checks the user: a key of external_auth in the master's configuration.</summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    [ValidateNotNullOrEmpty]
    public string Eauth { get; set; } = "pam";

    /// <summary>A token of salt-api in place of -Credential: a SecureString, or text. It is not renewed.</summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    [SecretText]
    [ValidateNotNull]
    public SecureString? Token { get; set; }

    /// <summary>Takes any certificate of the server.</summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    public SwitchParameter SkipCertificateCheck { get; set; }

    /// <summary>Allows a plain http address of another computer: everybody on the way can read password, token and events.</summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    public SwitchParameter AllowUnencryptedAuthentication { get; set; }

    private bool IsOverApi => Uri is not null || Session is { Api: not null };

    private void OpenApi()
    {
        RefuseParameters("cannot be used with salt-api", nameof(KeepTimestamp), nameof(Framing), nameof(TagForm), nameof(SaltVersion));
        if (Target is not null)
        {
            RefuseParameters("cannot be used with -Target", nameof(PassThru));
        }

        api = SelectBus().Api!;
        if (IsWhatIf)
        {
            return;
        }

        Run(async token =>
        {
            await api.SignInAsync(token).ConfigureAwait(false);
            return true;
        });
        if (Target is not null && Wait != TimeSpan.Zero)
        {
            apiAnswers = Run(async token => (IEventSubscription)await api.SubscribeAsync(JobReturnCollector.Filter, ClientOptions with { Reconnect = true }, token).ConfigureAwait(false));
        }
    }

    private void FireOverApi(string tag, SaltEvent? source, object? input)
    {
        var data = BuildPayload(source ?? input);
        var shown = JsonRequest.Write(json => WriteEvent(json, tag, data)); // also with -WhatIf, which then refuses what cannot be sent
        if (!ShouldProcess(Target is null ? api!.Options.Uri.ToString() : $"{Expression} ({TargetType})", $"Fire event {tag}"))
        {
            return;
        }

        try
        {
            if (Target is not null)
            {
                PublishOverApi(tag, data);
                return;
            }

            Run(async token =>
            {
                await api!.FireAsync(tag, data, token).ConfigureAwait(false);
                return true;
            });
            if (PassThru)
            {
                WriteObject(new SaltEvent(JsonEvent.Read(shown)));
            }
        }
        catch (SaltApiException e)
        {
            WriteError(ErrorRecords.From(e, Target is null ? input : Expression));
        }
    }

    private static void WriteEvent(Utf8JsonWriter json, string tag, PayloadMap data)
    {
        json.WriteStartObject();
        json.WriteString("tag", Encoding.UTF8.GetBytes(tag));
        json.WritePropertyName("data");
        JsonRequest.WriteValue(json, data);
        json.WriteEndObject();
    }

    private void PublishOverApi(string tag, PayloadMap data)
    {
        var job = Run(token => api!.PublishAsync(Expression, MasterPublisher.Name(TargetType), tag, data, token));
        WriteVerbose($"The job {job.JobId} is published for {job.Minions.Count} minions.");
        var result = new SaltMinionJob(job.JobId, tag, Expression, TargetType, job.Minions, job.Missing);
        if (apiAnswers is null)
        {
            WriteObject(result);
            return;
        }

        Collect(job, result, apiAnswers, job.Minions.Count > 0 ? TimeSpan.Zero : MasterChannelOptions.DefaultSyndicWait);
    }

    private static bool IsPerItemOverApi(Exception error) => error is InvalidEventException or
        SaltApiException { Reason: SaltApiReason.NoMinionMatches or SaltApiReason.DeliveryUnknown or SaltApiReason.Failed or SaltApiReason.Refused };
}
