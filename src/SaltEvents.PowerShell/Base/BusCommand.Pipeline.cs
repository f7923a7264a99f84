using System.Collections.Generic;
using System.Linq;
using SaltEvents.Errors;

namespace SaltEvents.Base;

/// <content>A session or a bus from the pipeline goes before a default of $PSDefaultParameterValues that names another bus.</content>
public abstract partial class BusCommand
{
    private string? conflict;

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
    /// Another parameter for the pipeline, for the dynamic parameters of a command that takes its bus from there: if the parameters that
    /// are bound before it name a bus.
    /// </summary>
    private protected object? PipelineParameter =>
        MayHaveInput && Names.Any(n => n.Value is not null) ? new PipelineInput<SaltEventTarget>(TakeFromPipeline) : null;

    // A dynamic parameter costs time. A mock asks an object that is in no pipeline.
    private bool MayHaveInput => MyInvocation.ExpectingInput || MyInvocation.PipelineLength == 0;

    /// <summary>Ends the command if a bus came through the pipeline and a parameter names one too.</summary>
    private protected void ValidatePipeline()
    {
        if (conflict is not null)
        {
            ThrowTerminatingError(
                ErrorRecords.ParametersDisagree($"{Given} comes through the pipeline, but -{conflict} names a bus too. Omit one of them.")
            );
        }
    }

    /// <summary>The parameters name no bus any longer.</summary>
    private protected virtual void ForgetNames()
    {
        SockDir = HostName = ConfigPath = MinionBus = null;
        PubPort = PullPort = 0;
        Node = null;
    }

    private void TakeFromPipeline(SaltEventTarget? target)
    {
        if (target is not null)
        {
            conflict ??= Names.Where(n => n.Value is not null).Select(n => n.Name).FirstOrDefault(IsGivenByCaller);
        }

        ForgetNames();
        Session = target as SaltEventSession;
        Bus = target as SaltEventAnyBus;
    }
}
