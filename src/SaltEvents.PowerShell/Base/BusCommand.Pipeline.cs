using System.Collections.Generic;
using System.Linq;
using SaltEvents.Errors;
using SaltEvents.Payload;

namespace SaltEvents.Base;

/// <content>A session or a bus from the pipeline goes before a default of $PSDefaultParameterValues that names another bus.</content>
public abstract partial class BusCommand
{
    private string? conflict;
    private bool hasInput;
    private object? input;

    /// <summary>The parameters that name the bus, with null for those that are not given.</summary>
    private protected virtual IEnumerable<(string Name, object? Value)> Names =>
        [
            (nameof(Session), Session),
            (nameof(Bus), Bus),
            (nameof(SockDir), SockDir),
            (nameof(PubPort), PubPort == 0 ? null : PubPort),
            (nameof(PullPort), PullPort == 0 ? null : PullPort),
            (nameof(HostName), HostName),
            (nameof(ConfigPath), ConfigPath),
            (nameof(Node), Node),
            (nameof(MinionBus), MinionBus),
        ];

    /// <summary>
    /// Another parameter for the pipeline, for the dynamic parameters of a command that takes its bus from there. It also takes what is
    /// neither a session nor a bus, of which PowerShell would say only that it fits no parameter.
    /// </summary>
    private protected object? PipelineParameter => MayHaveInput ? new PipelineInput<object>(TakeFromPipeline) : null;

    // A dynamic parameter costs time. A mock asks an object that is in no pipeline.
    private bool MayHaveInput =>
        MyInvocation.ExpectingInput || (MyInvocation.PipelineLength == 0 && Names.Any(n => n.Value is not null));

    /// <summary>Ends the command if what came through the pipeline is no session or bus, or a parameter names a bus too.</summary>
    private protected void ValidatePipeline()
    {
        if (hasInput && Given is null)
        {
            ThrowTerminatingError(ErrorRecords.NotASessionOrBus(MyInvocation.MyCommand.Name, input));
        }

        if (conflict is not null)
        {
            ThrowTerminatingError(
                ErrorRecords.ParametersDisagree($"{Given} comes through the pipeline, but -{conflict} names a bus too. Omit one of them.")
            );
        }
    }

    /// <summary>A bus that was given as -Session is used, and a session that was given as -Bus, with a warning.</summary>
    private void ExchangeGiven()
    {
        var (given, right, meant) = Session is { Meant: { } bus } ? (nameof(Session), nameof(Bus), bus) : (nameof(Bus), nameof(Session), Bus?.Meant);
        if (meant is not null)
        {
            (Session, Bus) = (meant as SaltEventSession, meant as SaltEventAnyBus);
            WriteWarning($"-{given} was given {meant}, which is used. Give it as -{right}.");
        }
    }

    /// <summary>The parameters name no bus any longer.</summary>
    private protected virtual void ForgetNames()
    {
        SockDir = HostName = ConfigPath = MinionBus = null;
        PubPort = PullPort = 0;
        Node = null;
    }

    // PowerShell takes each object back with null, after the command has processed it.
    private void TakeFromPipeline(object? given)
    {
        (hasInput, input) = (true, given);
        var target = PayloadBuilder.Unwrap(given) as SaltEventTarget;
        if (target is not null)
        {
            conflict ??= Names.Where(n => n.Value is not null).Select(n => n.Name).FirstOrDefault(IsGivenByCaller);
        }

        ForgetNames();
        Session = target as SaltEventSession;
        Bus = target as SaltEventAnyBus;
    }
}
