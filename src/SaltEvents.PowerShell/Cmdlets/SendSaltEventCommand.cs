using System;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Base;
using SaltEvents.Completion;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Events;
using SaltEvents.Core.Master;
using SaltEvents.Errors;
using SaltEvents.Execution;
using SaltEvents.Routes;
using SaltEvents.Selection;

namespace SaltEvents.Cmdlets;

/// <summary>Fires events on a bus; with -Target, on a master's host, on the buses of minions.</summary>
[Cmdlet(
    VerbsCommunications.Send,
    "SaltEvent",
    DefaultParameterSetName = BusSets.Node,
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Low
)]
[OutputType(typeof(SaltEvent), typeof(SaltMinionJob))]
public sealed partial class SendSaltEventCommand : SendCommand
{
    // -Target has no parameter set of its own. While data comes through the pipeline, PowerShell chooses among the sets that fit only if
    // the default one is among them; otherwise it prompts for what the others lack. If -Target were mandatory in a set that also takes
    // -ConfigPath, -Session, -Bus or -Uri, `$data | Send-SaltEvent my/tag -Bus $bus` would prompt for a target.

    /// <summary>The minions on whose buses the event is to be fired, as a job of the master on this host.</summary>
    [Parameter(ParameterSetName = BusSets.Node)]
    [Parameter(ParameterSetName = BusSets.ConfigPath)]
    [Parameter(ParameterSetName = BusSets.Session)]
    [Parameter(ParameterSetName = BusSets.Bus)]
    [Parameter(ParameterSetName = BusSets.Uri)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(MinionIdCompleter))]
    public string[]? Target { get; set; }

    /// <summary>How -Target names minions.</summary>
    [Parameter(ParameterSetName = BusSets.Node)]
    [Parameter(ParameterSetName = BusSets.ConfigPath)]
    [Parameter(ParameterSetName = BusSets.Session)]
    [Parameter(ParameterSetName = BusSets.Bus)]
    [Parameter(ParameterSetName = BusSets.Uri)]
    public SaltTargetType TargetType { get; set; }

    /// <summary>
    /// How long to wait for the answers of the minions: seconds (fractions too), or a TimeSpan. 0 does not wait; -1 or Infinite waits
    /// without end.
    /// </summary>
    [Parameter(ParameterSetName = BusSets.Node)]
    [Parameter(ParameterSetName = BusSets.ConfigPath)]
    [Parameter(ParameterSetName = BusSets.Session)]
    [Parameter(ParameterSetName = BusSets.Bus)]
    [Parameter(ParameterSetName = BusSets.Uri)]
    [WaitTime]
    public Seconds Wait { get; set; }

    /// <summary>
    /// How long the master may take to publish the job: seconds (fractions too), or a TimeSpan. -1 or Infinite has no limit.
    /// </summary>
    [Parameter(ParameterSetName = BusSets.Node)]
    [Parameter(ParameterSetName = BusSets.ConfigPath)]
    [Parameter(ParameterSetName = BusSets.Session)]
    [Parameter(ParameterSetName = BusSets.Bus)]
    [Parameter(ParameterSetName = BusSets.Uri)]
    [WaitTime(NeedsTime = true)]
    public Seconds Timeout { get; set; } = new(5);

    private protected override BusRequest Request =>
        base.Request with
        {
            RequiredNode = Target is null ? null : SaltNode.Master,
            RemoteTimeout = IsGiven(nameof(Timeout)) ? Timers.Limit(Timeout) : base.Request.RemoteTimeout,
        };

    private protected override object? ErrorTarget => Target is null ? base.ErrorTarget : Expression;

    private string Expression => string.Join(",", Target!);

    private protected override IEventRoute ChooseRoute()
    {
        if (IsOverNats)
        {
            return OverNats();
        }

        ValidateTarget();
        return Uri is not null || Session is { Api: not null } ? OverApi()
            : Target is null ? new BusRoute(this, SelectBusToFire(), ClientOptions, SendOptions)
            : Published();
    }

    private void ValidateTarget()
    {
        ValidateNotGiven("can only be used with nats://", nameof(Site));
        if (Target is null)
        {
            ValidateNotGiven("can only be used with -Target", nameof(TargetType), nameof(Wait), nameof(Timeout));
        }
        else if (Target.Length > 1 && TargetType != SaltTargetType.List)
        {
            ThrowTerminatingError(
                ErrorRecords.ParametersDisagree(
                    "Several targets can only be used with -TargetType List, which takes minion ids. Give it, or combine them into one target with -TargetType Compound, such as 'web* or db*'."
                )
            );
        }
    }

    private ApiRoute OverApi()
    {
        ValidateNotGiven("cannot be used with salt-api", nameof(KeepTimestamp), nameof(Framing), nameof(TagForm), nameof(SaltVersion));
        if (Target is not null)
        {
            ValidateNotGiven("cannot be used with -Target", nameof(PassThru));
        }

        var api = SelectBus().Api!;
        return new ApiRoute(
            this,
            api,
            ClientOptions,
            Target is null ? null : new JobTarget(Expression, TargetType, Wait == TimeSpan.Zero ? null : Wait),
            PassThru
        );
    }

    private PublishRoute Published()
    {
        ValidateNotGiven(
            "cannot be used with -Target",
            nameof(KeepTimestamp),
            nameof(PassThru),
            nameof(Framing),
            nameof(TagForm),
            nameof(MinionBus)
        );
        ValidateVersion();
        var configuration = Guard(() => NodeConfiguration.Find(Request, SaltNode.Master, WriteWarning));
        var channel = Guard(() =>
            ChannelSettings.ForThisAccount(ChannelSettings.FromMaster(configuration ?? SaltPaths.Place(SaltNode.Master).Read()))
        ) with
        {
            Timeout = Timers.Limit(Timeout),
        };
        WriteVerbose(
            $"Asking the master at {channel.Address} as {channel.Requester ?? channel.User} ({configuration?.File ?? "Salt's defaults"})."
        );
        var answers = IsGiven(nameof(Wait)) ? new AnswerSubscription(this, SelectBusToListen, Request.Transport, ClientOptions) : null;
        return new PublishRoute(
            this,
            channel,
            new JobTarget(Expression, TargetType, answers is null ? null : Wait),
            answers,
            Request,
            ClientOptions
        );
    }

    private SelectedBus SelectBusToListen()
    {
        var bus = SelectBus();
        RequirePort(bus.Endpoint.Pub, nameof(PubPort), "to listen");
        return bus;
    }
}
