using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Base;
using SaltEvents.Completion;
using SaltEvents.Core.Events;
using SaltEvents.Core.Master;
using SaltEvents.Core.Templates;
using SaltEvents.Errors;
using SaltEvents.Execution;
using SaltEvents.Objects;
using SaltEvents.Payload;

namespace SaltEvents.Cmdlets;

/// <summary>Makes an event object with no bus: of a tag and its data, or of a family, as Salt would send it.</summary>
[Cmdlet(VerbsCommon.New, "SaltEvent", DefaultParameterSetName = ByFamily)]
[OutputType(typeof(SaltEvent))]
public sealed class NewSaltEventCommand : ModuleCommand
{
    private const string ByFamily = "Family";
    private const string ByTag = "Tag";
    private const string DefaultMinion = "minion1";

    // All events of one command are of one job.
    private string jobId = string.Empty;
    private DateTime time;

    /// <summary>The family of the event: JobReturn, MinionStart, ... A text with a slash is a tag, as with -Tag.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByFamily)]
    [ArgumentCompleter(typeof(FamilyCompleter))]
    [FamilyName]
    public string? Family { get; set; }

    /// <summary>The tag.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByTag)]
    [ArgumentCompleter(typeof(TagCompleter))]
    [TagText]
    [AllowEmptyString]
    public string? Tag { get; set; }

    /// <summary>The payload of the tag; beside a family, further fields of the payload, which count before those that it has.</summary>
    [Parameter(Position = 1, ValueFromPipeline = true)]
    public object? Data { get; set; }

    /// <summary>The time of firing; now if it is not given.</summary>
    [Parameter]
    public DateTime? Timestamp { get; set; }

    /// <summary>The ids of the minions that the event is of: one event each.</summary>
    [Parameter(ParameterSetName = ByFamily)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(MinionIdCompleter))]
    [MinionName]
    public string[] MinionId { get; set; } = [];

    /// <summary>The id of the job; made of the time if it is not given.</summary>
    [Parameter(ParameterSetName = ByFamily)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(JobIdCompleter))]
    public string? JobId { get; set; }

    /// <summary>The function of the job.</summary>
    [Parameter(ParameterSetName = ByFamily)]
    [ValidateNotNullOrEmpty]
    public string? Function { get; set; }

    /// <summary>The arguments of the function.</summary>
    [Parameter(ParameterSetName = ByFamily)]
    [ValidateNotNull]
    public object?[] ArgumentList { get; set; } = [];

    /// <summary>What the function returned.</summary>
    [Parameter(ParameterSetName = ByFamily)]
    public object? Return { get; set; }

    /// <summary>The return code: 0 is success.</summary>
    [Parameter(ParameterSetName = ByFamily)]
    public int? ReturnCode { get; set; }

    /// <summary>
    /// States that failed: their ids, their keys in a return, or objects with Id, Function, Name, Comment, Changes and Duration.
    /// </summary>
    [Parameter(ParameterSetName = ByFamily)]
    [ValidateNotNullOrEmpty]
    public object[] FailedState { get; set; } = [];

    /// <summary>States that succeeded, in the same forms. They ran before the failed ones.</summary>
    [Parameter(ParameterSetName = ByFamily)]
    [ValidateNotNullOrEmpty]
    public object[] SucceededState { get; set; } = [];

    /// <summary>The minions that a job goes to, or that are connected.</summary>
    [Parameter(ParameterSetName = ByFamily)]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(MinionIdCompleter))]
    [MinionName]
    public string[]? Minions { get; set; }

    /// <summary>The minions that a job goes to and that are not connected.</summary>
    [Parameter(ParameterSetName = ByFamily)]
    [AllowEmptyCollection]
    [MinionName]
    public string[] Missing { get; set; } = [];

    /// <summary>The minions that have connected.</summary>
    [Parameter(ParameterSetName = ByFamily)]
    [AllowEmptyCollection]
    [MinionName]
    public string[] Joined { get; set; } = [];

    /// <summary>The minions that have gone.</summary>
    [Parameter(ParameterSetName = ByFamily)]
    [AllowEmptyCollection]
    [MinionName]
    public string[] Lost { get; set; } = [];

    /// <summary>The target of the job.</summary>
    [Parameter(ParameterSetName = ByFamily)]
    [ValidateNotNullOrEmpty]
    public string? Target { get; set; }

    /// <summary>How -Target names minions.</summary>
    [Parameter(ParameterSetName = ByFamily)]
    public SaltTargetType TargetType { get; set; }

    /// <summary>The user who started the job.</summary>
    [Parameter(ParameterSetName = ByFamily)]
    [ValidateNotNullOrEmpty]
    public string User { get; set; } = "root";

    /// <summary>What happened to the key: accept, pend, reject, denied, delete, full.</summary>
    [Parameter(ParameterSetName = ByFamily)]
    [ValidateSet("accept", "pend", "reject", "denied", "delete", "full")]
    public string? Action { get; set; }

    /// <summary>The text that the event carries.</summary>
    [Parameter(ParameterSetName = ByFamily)]
    [AllowEmptyString]
    public string? Message { get; set; }

    /// <summary>
    /// The name of what the event is about: a beacon, a virtual machine, a file server backend, a worker, the path of a web hook, the tag
    /// for the master.
    /// </summary>
    [Parameter(ParameterSetName = ByFamily)]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>What follows the name in the tag: the step of a virtual machine, the detail of a beacon.</summary>
    [Parameter(ParameterSetName = ByFamily)]
    [AllowEmptyString]
    public string? Detail { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        time = Timestamp?.ToUniversalTime() ?? DateTime.UtcNow;
        jobId = JobId ?? (Timestamp is null ? JobIds.Next() : JobIds.From(time));
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            foreach (var body in Family is not null && EventTemplates.Find(Family) is { } template ? MakeOfFamily(template) : MakeTagged())
            {
                WriteObject(new SaltEvent(EventCodec.Decode(body)));
            }
        }
        catch (InvalidEventException e)
        {
            WriteError(ErrorRecords.FromUnsent(e, Data));
        }
        catch (CommandErrorException e)
        {
            ThrowTerminatingError(e.Record);
        }
    }

    private IEnumerable<byte[]> MakeTagged()
    {
        var tag = (Tag ?? Family)!;
        ValidateParameters($"of the tag {tag}", [nameof(Tag), nameof(Data), nameof(Timestamp)]);
        if (EventInput.From(Data) is { } source)
        {
            return [source.Encode(tag, Timestamp is null ? null : time, int.MaxValue)];
        }

        var map = Data is null ? [] : PayloadBuilder.Build(Data, WriteWarning);
        var hasStamp = map.TryGetValue(EventCodec.StampKey, out _);
        return [EventCodec.Encode(tag, map, hasStamp && Timestamp is null ? null : time, int.MaxValue)];
    }

    private IEnumerable<byte[]> MakeOfFamily(EventTemplate template)
    {
        ValidateParameters($"of the family {template.Family}", [.. template.Uses, nameof(Data), nameof(Timestamp)]);
        if (IsGiven(nameof(Return)) && FailedState.Length + SucceededState.Length > 0)
        {
            throw new CommandErrorException(
                ErrorRecords.ParametersDisagree(
                    "-Return cannot be used with -FailedState and -SucceededState: the states are what is returned. Omit one of them."
                )
            );
        }

        var values = new EventValues
        {
            Time = time,
            JobId = jobId,
            Minions = Minions ?? [DefaultMinion],
            Missing = Missing,
            Joined = Joined,
            Lost = Lost,
            Function = Function,
            Arguments = [.. ArgumentList.Select(ToPayload)],
            Target = Target,
            TargetType = MasterPublisher.Name(TargetType),
            User = User,
            Return = IsGiven(nameof(Return)) ? ToPayload(Return) : null,
            ReturnCode = ReturnCode,
            States = StateInput.ToStates(SucceededState, FailedState),
            Action = Action,
            Message = Message,
            Name = Name,
            Detail = Detail,
            Data = Data is null ? [] : PayloadBuilder.Build(Data, WriteWarning),
        };
        return (MinionId.Length > 0 ? MinionId : [DefaultMinion]).SelectMany(id => template.Make(values with { MinionId = id }));
    }

    private void ValidateParameters(string kind, string[] takes)
    {
        string[] always = [nameof(Family), .. CommonParameters, "ProgressAction"];
        if (MyInvocation.BoundParameters.Keys.Except(always).Except(takes).FirstOrDefault(IsGivenByCaller) is { } unusable)
        {
            throw new CommandErrorException(
                ErrorRecords.ParametersDisagree(
                    $"-{unusable} cannot be used for an event {kind}. It accepts {string.Join(", ", takes.Select(p => "-" + p))}."
                )
            );
        }
    }

    private static object? ToPayload(object? value) =>
        PayloadBuilder.Build(new Dictionary<string, object?> { ["value"] = value })["value"];
}
