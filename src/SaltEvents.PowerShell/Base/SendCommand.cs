using System;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Completion;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Recording;
using SaltEvents.Core.Transport;
using SaltEvents.Errors;
using SaltEvents.Objects;
using SaltEvents.Payload;
using SaltEvents.Selection;

namespace SaltEvents.Base;

/// <summary>What the cmdlets that fire share: what to send and under which tag, one connection for all of it, and what became of it.</summary>
public abstract class SendCommand : BusCommand
{
    // How long a bus may take to read what was sent before the command ends; what it has not read then is with the system.
    private static readonly TimeSpan ConfirmTime = TimeSpan.FromSeconds(1);
    private EventBusClient? client;
    private EventBusClient? ownClient;
    private bool isTagGiven;
    private bool unknownTold;
    private SeenEvents? sent;
    private SaltTagForm? foundForm;
    private int? maxEventBytes;

    private protected SendCommand()
    {
    }

    /// <summary>The tag. Events that come through the pipeline bring their own.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(TagCompleter))]
    [TagText]
    [AllowEmptyString]
    public string? Tag { get; set; }

    /// <summary>The payload: a dictionary or an object; anything else, a string say, is sent under the key "data". From the pipeline, one event each; and events, which bring their tag.</summary>
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

    /// <summary>Keeps the time in the payload (_stamp) where it has one; otherwise an event is stamped when it is sent.</summary>
    [Parameter(ParameterSetName = BusSets.Node)]
    [Parameter(ParameterSetName = BusSets.SockDir)]
    [Parameter(ParameterSetName = BusSets.Ports)]
    [Parameter(ParameterSetName = BusSets.ConfigPath)]
    [Parameter(ParameterSetName = BusSets.Session)]
    [Parameter(ParameterSetName = BusSets.Bus)]
    public SwitchParameter KeepTimestamp { get; set; }

    /// <summary>Gives each event as it was sent.</summary>
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

    /// <summary>How a ZeroMQ bus marks the end of a tag; it depends on the version of Salt, and is found out where that can be seen. Goes with -Transport ZeroMq, and implies it.</summary>
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
        base.Request is { Transport: null } request ? request with { Transport = GivenForm is not null ? SaltTransport.ZeroMq : SaltVersion is not null ? SaltTransport.Stream : null } : base.Request;

    /// <summary>Whether the bus is one of Salt before 0.17: a payload may be a string there, and has no time.</summary>
    private protected bool TakesText => IsZeroMq && Form == SaltTagForm.Padded;

    private protected override EventBusClientOptions ClientOptions => base.ClientOptions with { MaxEventBytes = maxEventBytes ??= FindMaxEventBytes() };

    private bool IsZeroMq => client?.Endpoint.Protocol == BusProtocol.ZeroMq;

    /// <summary>How tags end on the ZeroMQ bus; null where that is not known, because nothing is to be sent.</summary>
    private protected SaltTagForm? Form => GivenForm ?? foundForm;

    private SaltTagForm? GivenForm => TagForm ?? (SaltVersion is null ? null : SaltRelease.TagFormOf(SaltVersion));

    // A script with -WhatIf of its own passes it on as the preference, which is a SwitchParameter then.
    private protected bool IsWhatIf => LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"))
        || (MyInvocation.BoundParameters.TryGetValue("WhatIf", out var given) && given is SwitchParameter { IsPresent: true });

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        sent = IsWhatIf ? null : SeenEvents.Current;
        isTagGiven = Tag is not null; // not with a script block, which makes one for each object
        if (isTagGiven)
        {
            Guard(() => EventCodec.CheckTag(Tag!));
            if (SaltOrder.IsLikely(Tag!, Data))
            {
                WriteWarning($"The tag \"{Tag}\" reads like a message, and the data \"{Data}\" like a tag. The tag comes first, unlike in Salt's own commands: Send-SaltEvent 'my/tag' 'message'.");
            }
        }

        OpenRoad();
    }

    /// <summary>Finds the way that the events take, and opens it unless nothing is to be sent. By default: the bus.</summary>
    private protected virtual void OpenRoad()
    {
        RefuseVersions();
        var bus = SelectBus();
        RequirePort(bus.Endpoint.Pull, nameof(PullPort), "to fire");
        if (bus.Own is null)
        {
            BusTrust.NewRisks(bus).ToList().ForEach(WriteWarning);
        }

        var framing = SaltVersion is null ? Framing : SaltRelease.FramingOf(SaltVersion);
        client = bus.Session is { } session && framing == SaltFraming.Auto && GivenForm is null
            ? session.Client!
            : ownClient = new EventBusClient(bus.Endpoint, ClientOptions with { Format = FormatFor(bus, framing), TagForm = GivenForm ?? TagFormFor(bus.Endpoint) });
        if (!IsZeroMq && FormatFor(bus, framing) is null && FramingProbe.Find(bus.Endpoint) is null)
        {
            WriteVerbose("How this bus takes events is found out with a test event before the first one, once in this process; -Framing says it instead.");
        }

        if (!IsWhatIf)
        {
            Run(async token =>
            {
                await client.ConnectPullAsync(token).ConfigureAwait(false);
                return true;
            });
            foundForm = IsZeroMq ? FindTagForm(client) : null;
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            var source = EventInput.From(Data);
            if (source is not null && SecretFields.FindMasked(source.GetWireBody()) is { } place)
            {
                throw PayloadBuilder.Masked(place);
            }

            CheckVersionTakes(Tag!);
            Fire(Tag!, source, source is null && !isTagGiven ? EventInput.PayloadOf(Data, Tag!) : Data);
            sent?.AddSent(Tag!);
        }
        catch (InvalidEventException e)
        {
            WriteError(ErrorRecords.From(e, Data));
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (ownClient is null)
        {
            return;
        }

        try
        {
            if (!Run(token => ownClient.CompleteAsync(ConfirmTime, token)))
            {
                WriteVerbose($"The bus at {ownClient.Endpoint.Pull} has not read everything yet; the operating system holds the rest.");
            }
        }
        catch (DeliveryUnknownException e)
        {
            WriteError(ErrorRecords.From(e, null));
        }
    }

    /// <summary>Sends one event on its way. By default: fires it on the bus.</summary>
    /// <param name="tag">Its tag.</param>
    /// <param name="source">The event that was given; null where something else was.</param>
    /// <param name="input">What was given; null where nothing was, which is a payload without fields.</param>
    /// <exception cref="InvalidEventException">It is no event that Salt could carry.</exception>
    private protected virtual void Fire(string tag, SaltEvent? source, object? input)
    {
        var body = Encode(tag, source, input, out var trimmed);
        if (IsZeroMq && Form is { } form)
        {
            EventCodec.ToZeroMq(EventCodec.WithOldMessagePack(body), form); // so that -WhatIf refuses too what cannot be sent
        }

        if (ShouldProcess(client!.Endpoint.PullText, $"Fire event {tag}"))
        {
            Send(body, input);
            if (trimmed)
            {
                WriteWarning($"The event {tag} was larger than Salt takes (max_event_size, {ClientOptions.MaxEventBytes} bytes): its largest values were sent as VALUE_TRIMMED, as Salt does it.");
            }
        }
    }

    /// <summary>Ends the command where parameters were given that mean nothing on the way that the events take.</summary>
    private protected void RefuseParameters(string rule, params string[] parameters)
    {
        foreach (var parameter in parameters)
        {
            if (IsGiven(parameter))
            {
                ThrowTerminatingError(ErrorRecords.ParametersDisagree($"-{parameter} {rule}. Leave it out."));
            }
        }
    }

    /// <summary>The body of the event to put on the bus.</summary>
    /// <param name="tag">Its tag.</param>
    /// <param name="source">The event that was given; null where something else was.</param>
    /// <param name="payload">What was given.</param>
    /// <param name="trimmed">Whether it was too large, so that values were replaced.</param>
    private protected abstract byte[] Encode(string tag, SaltEvent? source, object? payload, out bool trimmed);

    /// <summary>The payload of what was given; without fields where nothing was.</summary>
    private protected PayloadMap BuildPayload(object? given) => given is null ? [] : PayloadBuilder.Build(given, WriteWarning);

    /// <summary>The time to stamp a payload with; null to keep the one that it has.</summary>
    private protected EventStamp? StampFor(bool hasStamp) => TakesText || (KeepTimestamp && hasStamp) ? null : Now;

    /// <summary>The present time as the Salt on the bus writes it, where its version is known.</summary>
    private protected EventStamp Now => new(DateTime.UtcNow, SaltRelease.StampFormOf(SaltVersion ?? (client is null ? null : SaltEventBus.Find(client.Endpoint)?.SaltVersion)));

    private protected override bool IsNonTerminating(Exception error) => error is DeliveryUnknownException;

    private protected override void DisposeOwned() => ownClient?.Dispose();

    private void Send(byte[] body, object? input)
    {
        try
        {
            var sent = Run(token => client!.FireBodyAsync(body, token));
            if (PassThru)
            {
                WriteObject(new SaltEvent(sent));
            }
        }
        catch (DeliveryUnknownException e)
        {
            WriteError(ErrorRecords.From(e, input));
        }

        if (client!.IsFormatUnknown && !unknownTold)
        {
            unknownTold = true;
            WriteWarning($"It could not be found out how the bus at {client.Endpoint.Pull} takes events: it gave none back. They are sent as to Salt before 3006.26, 3007.15 and 3008.2; a newer one loses them. Give -Framing{(client.Endpoint.Pub.IsKnown ? string.Empty : ", or -PubPort so that it can be found out")}.");
        }

        if (client.TakeUnconfirmed() is { } earlier)
        {
            WriteError(ErrorRecords.From(earlier, null));
        }
    }

    private void CheckVersionTakes(string tag)
    {
        if (SaltVersion is not null && SaltRelease.LosesOtherThanAscii(SaltVersion) && tag.Any(c => c > '\x7F'))
        {
            throw new InvalidEventException(
                InvalidEventReason.TagDoesNotFit, $"The tag {tag} has a character outside ASCII. Salt 2018.3 to 3000 on Python 2.7 loses such an event, and its reactor ends. Nothing was sent. Change the tag.");
        }
    }

    private void RefuseVersions()
    {
        if (SaltVersion is not null)
        {
            RefuseParameters("cannot be used with -SaltVersion, which sets it", nameof(Transport), nameof(TagForm), nameof(Framing));
            if (!SaltRelease.SaysFraming(SaltVersion))
            {
                ThrowTerminatingError(ErrorRecords.ParametersDisagree($"-SaltVersion {SaltVersion} is not enough: how events are written changed in 3006.26, 3007.15 and 3008.2. Give the whole version, such as 3006.10, or leave it out."));
            }
        }

        if (GivenForm is not null && IsGiven(nameof(Transport)) && Transport == SaltTransport.Stream)
        {
            RefuseParameters("can only be used on a ZeroMQ bus", nameof(TagForm));
        }

        if (Request.Transport == SaltTransport.ZeroMq)
        {
            RefuseParameters("cannot be used on a ZeroMQ bus, which has no frames", nameof(Framing));
        }
    }
}
