using System;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Completion;
using SaltEvents.Core.Client;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Events;
using SaltEvents.Core.Recording;
using SaltEvents.Errors;
using SaltEvents.Objects;
using SaltEvents.Payload;
using SaltEvents.Routes;
using SaltEvents.Selection;

namespace SaltEvents.Base;

/// <summary>The base of the cmdlets that fire: what to send, under which tag, and by which route.</summary>
public abstract class SendCommand : RemoteBusCommand
{
    private IEventRoute? route;
    private bool isTagGiven;
    private SeenEvents? sent;
    private int? maxEventBytes;

    private protected SendCommand()
    {
    }

    /// <summary>The tag. Events that come through the pipeline have their own.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(TagCompleter))]
    [TagText]
    [AllowEmptyString]
    public string? Tag { get; set; }

    /// <summary>
    /// The payload: a dictionary or an object; anything else, such as a string, is sent under the key "data". From the pipeline, one event
    /// each; and events, which have their own tag.
    /// </summary>
    [Parameter(Position = 1, ValueFromPipeline = true)]
    [Alias("InputObject")]
    [ValidateNotNull]
    public object? Data { get; set; }

    /// <inheritdoc/>
    [Parameter(Mandatory = true, ParameterSetName = BusSets.Session)]
    [ValidateNotNull]
    public override SaltEventSession? Session { get; set; } // not from the pipeline: what comes through it is the data

    /// <inheritdoc/>
    [Parameter(Mandatory = true, ParameterSetName = BusSets.Bus)]
    [ValidateNotNull]
    public override SaltEventAnyBus? Bus { get; set; }

    /// <summary>Keeps the time in the payload (_stamp) if there is one; otherwise an event is stamped when it is sent.</summary>
    [Parameter(ParameterSetName = BusSets.Node)]
    [Parameter(ParameterSetName = BusSets.SockDir)]
    [Parameter(ParameterSetName = BusSets.Ports)]
    [Parameter(ParameterSetName = BusSets.ConfigPath)]
    [Parameter(ParameterSetName = BusSets.Session)]
    [Parameter(ParameterSetName = BusSets.Bus)]
    public SwitchParameter KeepTimestamp { get; set; }

    /// <summary>Returns each event as it was sent.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>How events are written to the bus. It depends on the version of Salt and is found out unless it is given.</summary>
    [Parameter(ParameterSetName = BusSets.Node)]
    [Parameter(ParameterSetName = BusSets.SockDir)]
    [Parameter(ParameterSetName = BusSets.Ports)]
    [Parameter(ParameterSetName = BusSets.ConfigPath)]
    [Parameter(ParameterSetName = BusSets.Session)]
    [Parameter(ParameterSetName = BusSets.Bus)]
    public SaltFraming Framing { get; set; }

    /// <summary>
    /// How a ZeroMQ bus marks the end of a tag; it depends on the version of Salt, and is found out if possible. Goes with
    /// -Transport ZeroMq, and implies it.
    /// </summary>
    [Parameter(ParameterSetName = BusSets.Node)]
    [Parameter(ParameterSetName = BusSets.SockDir)]
    [Parameter(ParameterSetName = BusSets.Ports)]
    [Parameter(ParameterSetName = BusSets.ConfigPath)]
    [Parameter(ParameterSetName = BusSets.Session)]
    [Parameter(ParameterSetName = BusSets.Bus)]
    public SaltTagForm? TagForm { get; set; }

    /// <summary>The version of Salt on the bus, such as 0.16.4, 2014.7 or 3006.10, in place of -Transport, -TagForm and -Framing.</summary>
    [Parameter(ParameterSetName = BusSets.Node)]
    [Parameter(ParameterSetName = BusSets.SockDir)]
    [Parameter(ParameterSetName = BusSets.Ports)]
    [Parameter(ParameterSetName = BusSets.ConfigPath)]
    [Parameter(ParameterSetName = BusSets.Session)]
    [Parameter(ParameterSetName = BusSets.Bus)]
    [SaltVersion]
    public string? SaltVersion { get; set; }

    private protected override BusRequest Request =>
        base.Request is { Transport: null } request
            ? request with
            {
                Transport =
                    GivenForm is not null ? SaltTransport.ZeroMq
                    : SaltVersion is not null ? SaltTransport.Stream
                    : null,
                TransportSource = SaltVersion is null ? "-TagForm" : "-SaltVersion",
            }
            : base.Request;

    private protected override EventBusClientOptions ClientOptions =>
        base.ClientOptions with
        {
            MaxEventBytes = maxEventBytes ??= FindMaxEventBytes(),
        };

    /// <summary>How the bus marks the end of a tag, as far as parameters specify it.</summary>
    private protected SaltTagForm? GivenForm => TagForm ?? (SaltVersion is null ? null : SaltVersions.TagFormOf(SaltVersion));

    /// <summary>What the parameters say about sending.</summary>
    private protected SendOptions SendOptions => new()
    {
        Framing = SaltVersion is null ? Framing : SaltRelease.FramingOf(SaltVersion),
        TagForm = GivenForm,
        SaltVersion = SaltVersion,
        KeepsTimestamp = KeepTimestamp,
        PassesThru = PassThru,
    };

    // A script with -WhatIf of its own passes it on as the preference, which is a SwitchParameter then.
    private bool IsWhatIf =>
        MyInvocation.BoundParameters.TryGetValue("WhatIf", out var given)
            ? given is SwitchParameter { IsPresent: true }
            : LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"));

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        sent = IsWhatIf ? null : SeenEvents.Current;
        isTagGiven = Tag is not null; // not with a script block, which makes one for each object
        if (isTagGiven)
        {
            Guard(() => EventCodec.CheckTag(Tag!));
            if (SaltOrder.IsLikely(Tag!, Data))
            {
                WriteWarning(
                    $"The tag \"{Tag}\" looks like a message, and the data \"{Data}\" looks like a tag. The tag comes first, unlike in Salt's own commands: Send-SaltEvent 'my/tag' 'message'."
                );
            }
        }

        route = ChooseRoute();
        if (!IsWhatIf)
        {
            Guard(route.Open);
        }
    }

    /// <summary>The route of the events; it is opened unless nothing is to be sent.</summary>
    private protected abstract IEventRoute ChooseRoute();

    /// <summary>The bus that the parameters name, to fire on.</summary>
    private protected SelectedBus SelectBusToFire()
    {
        ValidateVersion();
        var bus = SelectBus();
        RequirePort(bus.Endpoint.Pull, nameof(PullPort), "to fire");
        if (bus.Own is null)
        {
            BusTrust.NewRisks(bus).ToList().ForEach(WriteWarning);
        }

        return bus;
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            var source = EventInput.From(Data);
            if (source is not null && SecretFields.FindMasked(source.GetWireEvent().Body.Span) is { } place)
            {
                throw PayloadBuilder.Masked(place);
            }

            CheckVersionTakes(Tag!);
            route!.Send(new OutgoingEvent(Tag!, source, source is null && !isTagGiven ? EventInput.PayloadOf(Data, Tag!) : Data));
            sent?.AddSent(Tag!);
        }
        catch (InvalidEventException e)
        {
            WriteError(ErrorRecords.From(e, Data));
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => route!.Complete();

    /// <summary>Ends the command if parameters were given that cannot be used.</summary>
    private protected void ValidateNotGiven(string rule, params string[] parameters)
    {
        foreach (var parameter in parameters)
        {
            if (IsGivenByCaller(parameter))
            {
                ThrowTerminatingError(ErrorRecords.ParametersDisagree($"-{parameter} {rule}. Omit it."));
            }
        }
    }

    private protected override bool IsNonTerminating(Exception error) => route?.IsNonTerminating(error) == true;

    private protected override void DisposeOwned() => route?.Dispose();

    private void CheckVersionTakes(string tag)
    {
        if (SaltVersion is not null && SaltRelease.LosesOtherThanAscii(SaltVersion) && tag.Any(c => c > '\x7F'))
        {
            throw new InvalidEventException(
                InvalidEventReason.TagDoesNotFit,
                $"The tag {tag} has a non-ASCII character. Salt 2018.3 to 3000 on Python 2.7 loses such an event, and its reactor stops. Change the tag."
            );
        }
    }

    /// <summary>Ends the command if parameters were given that -SaltVersion, -TagForm or -Transport exclude.</summary>
    private protected void ValidateVersion()
    {
        if (SaltVersion is not null)
        {
            ValidateNotGiven("cannot be used with -SaltVersion, which sets it", nameof(Transport), nameof(TagForm), nameof(Framing));
            if (!SaltRelease.DeterminesFraming(SaltVersion))
            {
                ThrowTerminatingError(
                    ErrorRecords.ParametersDisagree(
                        $"-SaltVersion {SaltVersion} is not precise enough: the format of events changed in 3006.26, 3007.15 and 3008.2. Give the complete version, such as 3006.10, or omit it."
                    )
                );
            }
        }

        if (GivenForm is not null && IsGiven(nameof(Transport)) && Transport == SaltTransport.Stream)
        {
            ValidateNotGiven("can only be used on a ZeroMQ bus", nameof(TagForm));
        }

        if (Request.Transport == SaltTransport.ZeroMq)
        {
            ValidateNotGiven("cannot be used on a ZeroMQ bus, which has no frames", nameof(Framing));
        }
    }
}
