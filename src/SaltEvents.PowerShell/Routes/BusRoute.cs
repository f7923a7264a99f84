using System;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;
using SaltEvents.Errors;
using SaltEvents.Execution;
using SaltEvents.Objects;
using SaltEvents.Payload;
using SaltEvents.Selection;

namespace SaltEvents.Routes;

/// <summary>Sends to a bus of this computer, over one connection for all events.</summary>
internal class BusRoute : IEventRoute
{
    // How long a bus may take to read everything before the command ends; the operating system then has the rest.
    private static readonly TimeSpan ConfirmTime = TimeSpan.FromSeconds(1);
    private readonly EventBusClient client;
    private readonly EventBusClient? ownClient;
    private readonly PayloadBuilder payloads;
    private readonly string pull;
    private readonly StampForm stampForm;
    private readonly bool isFormatKnown;
    private bool isFormatReported;

    public BusRoute(CancellableCmdlet command, SelectedBus bus, EventBusClientOptions clientOptions, SendOptions options)
    {
        (Command, Options, MaxEventBytes) = (command, options, clientOptions.MaxEventBytes);
        payloads = new PayloadBuilder(command.WriteWarning);
        pull = bus.Endpoint.PullText;
        var format = options.Framing.ToFormat() ?? SaltEventBus.FormatAt(bus.Endpoint);
        client =
            bus.Session is { Client: { } shared } && options.Framing == SaltFraming.Auto && options.TagForm is null
                ? shared
                : ownClient = new EventBusClient(
                    bus.Endpoint,
                    clientOptions with
                    {
                        Format = format,
                        TagForm = options.TagForm ?? SaltEventBus.TagFormAt(bus.Endpoint),
                    }
                );
        stampForm = SaltRelease.StampFormOf(options.SaltVersion ?? SaltEventBus.Find(bus.Endpoint)?.SaltVersion);
        Form = IsZeroMq ? options.TagForm : null;
        isFormatKnown = format is not null;
    }

    /// <summary>How tags end on a ZeroMQ bus; null for any other, or if that is not known because nothing is to be sent.</summary>
    public SaltTagForm? Form { get; private set; }

    protected CancellableCmdlet Command { get; }

    protected SendOptions Options { get; }

    protected int MaxEventBytes { get; }

    protected BusEndpoint Endpoint => client.Endpoint;

    // Salt before 0.17: a payload may be a string there, and has no time.
    private bool TakesText => Form == SaltTagForm.Padded;

    private bool IsZeroMq => Endpoint.Protocol == BusProtocol.ZeroMq;

    public virtual void Open()
    {
        if (!IsZeroMq && !isFormatKnown && FramingDetector.Find(client.Endpoint) is null)
        {
            Command.WriteVerbose(
                "Before the first event, once in this process, a test event detects which format this bus accepts. -Framing sets it instead."
            );
        }

        Command.Run(token => client.ConnectPullAsync(token));
        Form = IsZeroMq ? Form ?? Command.FindTagForm(client) : null;
    }

    public void Send(OutgoingEvent outgoing)
    {
        var body = Encode(outgoing, out var isTrimmed);
        if (Form is { } form)
        {
            EventCodec.ToZeroMq(EventCodec.WithOldMessagePack(body), form); // -WhatIf too refuses what cannot be sent
        }

        if (!Command.ShouldProcess(pull, $"Fire event {outgoing.Tag}"))
        {
            return;
        }

        try
        {
            var sent = Command.Wait(client.FireBodyAsync(body, Command.StopToken));
            if (Options.PassesThru)
            {
                Command.WriteObject(new SaltEvent(EventCodec.Decode(sent)));
            }
        }
        catch (BusException e) when (e.Reason == BusReason.DeliveryUnknown)
        {
            Command.WriteError(ErrorRecords.From(e, outgoing.Input));
        }

        Report(outgoing.Tag, isTrimmed);
    }

    public void Complete()
    {
        try
        {
            if (ownClient is not null && !Command.Run(token => ownClient.CompleteAsync(ConfirmTime, token)))
            {
                Command.WriteVerbose($"The bus at {pull} has not read all events yet; the operating system still has the rest.");
            }
        }
        catch (BusException e) when (e.Reason == BusReason.DeliveryUnknown)
        {
            Command.WriteError(ErrorRecords.From(e, null));
        }
    }

    public bool IsNonTerminating(Exception error) => error is BusException { Reason: BusReason.DeliveryUnknown };

    public void Dispose() => ownClient?.Dispose();

    /// <summary>The body of the event to put on the bus.</summary>
    /// <param name="outgoing">The event.</param>
    /// <param name="isTrimmed">Whether it was too large, so that values were replaced.</param>
    protected virtual byte[] Encode(OutgoingEvent outgoing, out bool isTrimmed)
    {
        isTrimmed = false;
        if (outgoing.Source is { } source)
        {
            return source.Encode(outgoing.Tag, StampFor(source.Timestamp is not null), takesText: TakesText);
        }

        if (TakesText && PayloadBuilder.Unwrap(outgoing.Input) is string text)
        {
            return EventCodec.EncodeText(outgoing.Tag, text);
        }

        PayloadMap map = outgoing.Input is { } input ? payloads.Build(input) : [];
        if (StampFor(Options.KeepsTimestamp && map.TryGetValue(EventCodec.StampKey, out _)) is { } stamp)
        {
            map.Set(EventCodec.StampKey, stamp.ToString()); // the map is our own
        }

        return EventCodec.Encode(outgoing.Tag, map, stamp: null, MaxEventBytes, out isTrimmed);
    }

    /// <summary>The present time as the Salt on the bus writes it.</summary>
    protected EventStamp Now => new(DateTime.UtcNow, stampForm);

    private EventStamp? StampFor(bool hasStamp) => TakesText || (Options.KeepsTimestamp && hasStamp) ? null : Now;

    private void Report(string tag, bool isTrimmed)
    {
        if (client.IsFormatUnknown && !isFormatReported)
        {
            isFormatReported = true;
            Command.WriteWarning(
                $"It is not known which format the bus at {pull} accepts: it returned no test event. Events are sent in the format of Salt before 3006.26, 3007.15 and 3008.2, and newer versions lose them. Give -Framing{(client.Endpoint.Pub.IsKnown ? string.Empty : ", or -PubPort so that the format can be detected")}."
            );
        }

        if (client.TakeUnconfirmed() is { } earlier)
        {
            Command.WriteError(ErrorRecords.From(earlier, null));
        }

        if (isTrimmed)
        {
            Command.WriteWarning(
                $"The event {tag} is larger than max_event_size ({MaxEventBytes} bytes). Its largest values were replaced by VALUE_TRIMMED, as Salt does."
            );
        }
    }
}
