using System;
using System.Management.Automation;
using System.Security;
using SaltEvents.Base;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Events;
using SaltEvents.Core.Master;
using SaltEvents.Core.Transport;
using SaltEvents.Errors;
using SaltEvents.Execution;
using SaltEvents.Objects;
using SaltEvents.Routes;
using SaltEvents.Selection;

namespace SaltEvents.Cmdlets;

/// <summary>Fires events on the master: through a minion's bus, or with -Direct as the minion without its daemon.</summary>
[Cmdlet(
    VerbsCommunications.Send,
    "SaltMasterEvent",
    DefaultParameterSetName = BusSets.Node,
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Low
)]
[OutputType(typeof(SaltEvent), typeof(SaltMasterDelivery))]
public sealed class SendSaltMasterEventCommand : SendCommand
{
    /// <summary>
    /// Signs in to each of the minion's masters with the minion's keys, and fires there. The minion's daemon need not run.
    /// </summary>
    [Parameter(ParameterSetName = BusSets.Node)]
    [Parameter(ParameterSetName = BusSets.ConfigPath)]
    [Parameter(ParameterSetName = BusSets.Bus)]
    public SwitchParameter Direct { get; set; }

    /// <summary>
    /// With -Direct: how long a master may take for one answer: seconds (fractions too), or a TimeSpan. -1 or Infinite has no limit.
    /// </summary>
    [Parameter(ParameterSetName = BusSets.Node)]
    [Parameter(ParameterSetName = BusSets.ConfigPath)]
    [Parameter(ParameterSetName = BusSets.Bus)]
    [WaitTime(NeedsTime = true)]
    public Seconds Timeout { get; set; } = new(5);

    // Without their attributes these are not parameters: what fires over -Uri is already on the master (Send-SaltEvent).
    public override Uri[]? Uri { get; set; }
    public override PSCredential? Credential { get; set; }
    public override string Eauth { get; set; } = string.Empty;
    public override SecureString? Token { get; set; }
    public override string? NKeyFile { get; set; }
    public override string? CredentialFile { get; set; }
    public override string Stream { get; set; } = string.Empty;
    public override SwitchParameter SkipCertificateCheck { get; set; }
    public override SwitchParameter AllowUnencryptedAuthentication { get; set; }

    private protected override bool AcceptsRemote => false;

    private protected override BusRequest Request => base.Request with { RequiredNode = SaltNode.Minion };

    private protected override IEventRoute ChooseRoute()
    {
        if (Direct)
        {
            return SignedIn();
        }

        ValidateNotGiven("can only be used with -Direct", nameof(Timeout));
        if (SaltVersion is null ? TagForm == SaltTagForm.Padded : !SaltRelease.ForwardsToMaster(SaltVersion))
        {
            ThrowTerminatingError(ErrorRecords.MinionDoesNotForward());
        }

        return new FireMasterRoute(this, SelectBusToFire(), ClientOptions, SendOptions);
    }

    private SignInRoute SignedIn()
    {
        ValidateNotGiven(
            "cannot be used with -Direct",
            nameof(Framing),
            nameof(Transport),
            nameof(TagForm),
            nameof(SaltVersion),
            nameof(ConnectTimeout)
        );
        if (Bus is not null and not SaltEventFoundBus)
        {
            ValidateNotGiven("cannot be used with -Direct", nameof(Bus));
        }

        var configuration = Guard(() => NodeConfiguration.Find(Request, SaltNode.Minion, WriteWarning));
        var options = Guard(() => Options(configuration)) with { Timeout = Timers.Limit(Timeout) };
        WriteVerbose(
            $"Firing as the minion {options.MinionId} ({configuration?.File ?? "Salt's defaults"}) at {string.Join(", ", options.Masters)}."
        );
        return new SignInRoute(this, Guard(() => MinionChannel.Open(options)), SendOptions);
    }

    private protected override string HintFor(Exception error) =>
        base.HintFor(error)
        + (
            !Direct && error is BusException { Reason: BusReason.NotFound }
                ? " If no minion's daemon runs, -Direct signs in to the master with the minion's keys."
                : string.Empty
        );

    private MinionChannelOptions Options(SaltConfiguration? configuration) =>
        configuration is not null ? ChannelSettings.FromMinion(configuration, MinionBus)
        : MinionBus is not null ? ChannelSettings.FromMinion(SaltPaths.Place(SaltNode.Minion).Read(), MinionBus)
        : throw new CommandErrorException(
            ErrorRecords.Create(
                "ConfigurationNotFound",
                ErrorCategory.ObjectNotFound,
                $"There is no configuration of a minion in {SaltPaths.Configuration}, so its id and masters are not known. Give its directory with -ConfigPath, or its id with -MinionBus."
            )
        );
}
