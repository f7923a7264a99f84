using System;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Base;
using SaltEvents.Completion;
using SaltEvents.Core.Client;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Master;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;
using SaltEvents.Errors;
using SaltEvents.Execution;
using SaltEvents.Routes;
using SaltEvents.Selection;

namespace SaltEvents.Cmdlets;

/// <summary>Fires events on a bus; with -Target, on a master's host, on the buses of minions.</summary>
[Cmdlet(VerbsCommunications.Send, "SaltEvent", DefaultParameterSetName = BusSets.Node, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(SaltEvent), typeof(SaltMinionJob))]
public sealed partial class SendSaltEventCommand : SendCommand
{
    // A ZeroMQ bus greets at once. A stream says nothing before its next event.
    private static readonly TimeSpan GreetingTime = TimeSpan.FromMilliseconds(500);
    private MasterPublisher? publisher;
    private EventBusClient? masterBus;
    private EventSubscription? subscription;
    private TimeSpan syndicWait;

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

    /// <summary>Waits for the answers of the minions, so long at most: seconds (fractions too), or a TimeSpan. 0 does not wait; -1 or Infinite waits without end.</summary>
    [Parameter(ParameterSetName = BusSets.Node)]
    [Parameter(ParameterSetName = BusSets.ConfigPath)]
    [Parameter(ParameterSetName = BusSets.Session)]
    [Parameter(ParameterSetName = BusSets.Bus)]
    [Parameter(ParameterSetName = BusSets.Uri)]
    [WaitTime]
    public Seconds Wait { get; set; }

    /// <summary>How long the master may take to publish the job: seconds (fractions too), or a TimeSpan. -1 or Infinite has no limit.</summary>
    [Parameter(ParameterSetName = BusSets.Node)]
    [Parameter(ParameterSetName = BusSets.ConfigPath)]
    [Parameter(ParameterSetName = BusSets.Session)]
    [Parameter(ParameterSetName = BusSets.Bus)]
    [Parameter(ParameterSetName = BusSets.Uri)]
    [WaitTime(NeedsTime = true)]
    public Seconds Timeout { get; set; } = new(5);

    private protected override BusRequest Request => base.Request with
    {
        RequiredNode = Target is null ? null : SaltNode.Master,
        Api = Uri is null ? null : this,
        ApiTimeout = IsGiven(nameof(Timeout)) ? Timers.Limit(Timeout) : IsGiven(nameof(ConnectTimeout)) ? Timers.Limit(ConnectTimeout) : null,
    };

    private protected override object? ErrorTarget => Target is not null ? Expression : Uri ?? base.ErrorTarget;

    private string Expression => string.Join(",", Target!);

    private protected override void OpenRoad()
    {
        if (Target is null)
        {
            RefuseParameters("can only be used with -Target", nameof(TargetType), nameof(Wait), nameof(Timeout));
            if (IsOverApi)
            {
                OpenApi();
            }
            else
            {
                base.OpenRoad();
            }

            return;
        }

        RefuseSeveralTargets();
        if (IsOverApi)
        {
            OpenApi();
            return;
        }

        RefuseParameters("cannot be used with -Target", nameof(KeepTimestamp), nameof(PassThru), nameof(Framing), nameof(TagForm), nameof(SaltVersion), nameof(MinionBus));

        var configuration = Guard(() => NodeConfiguration.Find(Request, SaltNode.Master, WriteWarning));
        var options = Guard(() => ChannelSettings.ForThisAccount(configuration is null ? MasterChannelOptions.Default : ChannelSettings.OfMaster(configuration))) with { Timeout = Timers.Limit(Timeout) };
        WriteVerbose($"Asking the master at {options.Address} as {options.Asker ?? options.User} ({configuration?.File ?? "Salt's defaults"}).");
        publisher = new MasterPublisher(options);
        syndicWait = options.SyndicWait;
        if (!IsWhatIf)
        {
            Guard(publisher.CheckKey);
            if (IsGiven(nameof(Wait)))
            {
                SubscribeToAnswers();
            }
        }
    }

    private protected override void Fire(string tag, SaltEvent? source, object? input)
    {
        if (api is not null)
        {
            FireOverApi(tag, source, input);
            return;
        }

        if (publisher is null)
        {
            base.Fire(tag, source, input);
            return;
        }

        var data = BuildPayload(source ?? input);
        if (ShouldProcess($"{Expression} ({TargetType})", $"Fire event {tag}"))
        {
            try
            {
                Publish(tag, data);
            }
            catch (MasterRequestException e)
            {
                WriteError(ErrorRecords.From(e, Expression));
            }
        }
    }

    private protected override byte[] Encode(string tag, SaltEvent? source, object? payload, out bool trimmed)
    {
        if (source is not null)
        {
            trimmed = false;
            return source.Encode(tag, StampFor(source.Timestamp is not null), takesText: TakesText);
        }

        if (TakesText && (payload is PSObject wrapped ? wrapped.BaseObject : payload) is string text)
        {
            trimmed = false;
            return EventCodec.EncodeText(tag, text);
        }

        var map = BuildPayload(payload);
        return EventCodec.Encode(tag, map, StampFor(map.TryGetValue(EventCodec.StampKey, out _)), ClientOptions.MaxEventBytes, out trimmed);
    }

    private protected override bool TakesApi => true;

    private protected override bool IsNonTerminating(Exception error) => api is not null ? IsPerItemOverApi(error) :
        (publisher is not null && error is InvalidEventException or MasterRequestException { Reason: MasterRequestReason.NoMinionMatches }) || base.IsNonTerminating(error);

    private protected override void DisposeOwned()
    {
        base.DisposeOwned();
        publisher?.Dispose();
        apiAnswers?.Dispose();
        CloseSubscription();
    }

    private void RefuseSeveralTargets()
    {
        if (Target!.Length > 1 && TargetType != SaltTargetType.List)
        {
            ThrowTerminatingError(ErrorRecords.ParametersDisagree("Several targets are minion ids: give -TargetType List; or put them into one target with -TargetType Compound, such as 'web* or db*'."));
        }
    }

    private void Publish(string tag, PayloadMap data)
    {
        if (subscription is { EndReason: not SubscriptionEndReason.None })
        {
            SubscribeToAnswers(); // the bus has gone since the last job
        }

        publisher!.IsOldMaster = IsOldMaster(data);
        var job = Run(token => publisher.PublishAsync(Expression, TargetType, tag, data, token));
        WriteVerbose($"The job {job.JobId} is published for {job.Minions.Count} minions.");
        var result = new SaltMinionJob(job.JobId, tag, Expression, TargetType, job.Minions, job.Missing);
        if (subscription is null)
        {
            WriteObject(result);
            return;
        }

        // A master that names no minion and publishes all the same is a master of masters.
        var hasSyndics = syndicWait > TimeSpan.Zero || job.Minions.Count == 0;
        Collect(job, result, subscription, !hasSyndics ? TimeSpan.Zero : syndicWait > TimeSpan.Zero ? syndicWait : MasterChannelOptions.DefaultSyndicWait);
    }

    private void Collect(PublishedJob job, SaltMinionJob result, IEventSubscription source, TimeSpan syndicsWait)
    {
        var answers = new JobReturnCollector(job, syndicsWait);
        answers.Wait(this, source, Deadline.After(Wait));
        result.Answers = answers.All;
        result.Minions = result.Answers.Select(a => a.MinionId).ToArray();
        result.Missing = job.Missing.Except(result.Minions, StringComparer.Ordinal).ToArray();
        WriteObject(result); // first: what was published is given back, whatever is to be said of it
        TellSilent(result, source);
    }

    // A master with a ZeroMQ bus may not know dates. Where nothing else has shown it, only a payload that has some is worth a look.
    private bool IsOldMaster(PayloadMap data)
    {
        if (IsGiven(nameof(Transport)) || masterBus is not null)
        {
            return Transport == SaltTransport.ZeroMq || masterBus?.Endpoint.Protocol == BusProtocol.ZeroMq;
        }

        if (!OldMessagePack.HasExtension(data) || Guard(() => BusSelector.Select(Request, StopToken)) is not { Problem: null } bus)
        {
            return false;
        }

        return bus.Endpoint.Protocol == BusProtocol.ZeroMq
            || (FormatFor(bus, SaltFraming.Auto) is null && Run(token => BusTest.RunAsync(bus.Endpoint, fire: false, GreetingTime, ClientOptions, token)).Dialect == SaltEventDialect.ZeroMQ);
    }

    private void TellSilent(SaltMinionJob job, IEventSubscription source)
    {
        var silent = job.Answers!.Where(a => !a.Answered).Select(a => a.MinionId).ToArray();
        if (silent.Length > 0)
        {
            WriteWarning($"{silent.Length} of {job.Answers!.Count} minions have not answered job {job.JobId} {(source.EndReason == SubscriptionEndReason.None ? $"within {Wait} s" : "before the bus went away")}: {string.Join(", ", silent)}.{(source.Dropped > 0 ? $" {source.Dropped} answers to jobs came faster than they were read and were dropped, perhaps some of these." : string.Empty)}");
        }
        else if (job.Answers!.Count == 0)
        {
            WriteWarning($"No minion is known to match {Expression}: neither the master nor a syndic has named one for job {job.JobId}, and none has answered.");
        }

        try
        {
            source.ThrowIfBroken();
        }
        catch (SaltEventException e)
        {
            WriteError(ErrorRecords.From(e, job.JobId, $"The job {job.JobId} was published; answers that came later are not known."));
        }
    }

    // Before anything is published: an answer must not be missed, and what the bus speaks must be known.
    private void SubscribeToAnswers()
    {
        CloseSubscription();
        var bus = SelectBus();
        RequirePort(bus.Endpoint.Pub, nameof(PubPort), "to listen");
        Listen(bus.Endpoint);
        var isKnown = bus.Own is not null || bus.Session is not null || bus.Endpoint.Protocol == BusProtocol.ZeroMq || FormatFor(bus, SaltFraming.Auto) is not null;
        if (isKnown || Guard(() => Deadline.After(GreetingTime).WaitToRead(subscription!, StopToken)))
        {
            return;
        }

        if (!IsGiven(nameof(Transport)) && subscription!.EndCause is FrameFormatException { IsZeroMq: true })
        {
            CloseSubscription();
            WriteVerbose($"The bus at {bus.Endpoint.PubText} speaks ZeroMQ.");
            Listen(bus.Endpoint with { Protocol = BusProtocol.ZeroMq });
        }
        else
        {
            Guard(subscription!.ThrowIfBroken);
        }
    }

    private void Listen(BusEndpoint endpoint)
    {
        masterBus = new EventBusClient(endpoint, ClientOptions);
        subscription = Run(token => masterBus.SubscribeAsync(JobReturnCollector.Filter, token));
    }

    private void CloseSubscription()
    {
        subscription?.Dispose();
        masterBus?.Dispose();
        subscription = null;
        masterBus = null;
    }
}
