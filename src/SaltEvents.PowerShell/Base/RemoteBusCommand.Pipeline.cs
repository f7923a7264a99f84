using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Errors;

namespace SaltEvents.Base;

/// <content>A session or a bus from the pipeline goes before a default of $PSDefaultParameterValues that names another bus.</content>
public abstract partial class RemoteBusCommand : IDynamicParameters
{
    private string? conflict;

    /// <summary>Whether sessions and buses come through the pipeline.</summary>
    private protected virtual bool TakesTargetFromPipeline => true;

    private IEnumerable<(string Name, object Value)> Names =>
        new (string Name, object? Value)[]
        {
            (nameof(Session), Session),
            (nameof(Bus), Bus),
            (nameof(Uri), Uri),
            (nameof(SockDir), SockDir),
            (nameof(PubPort), PubPort == 0 ? null : PubPort),
            (nameof(PullPort), PullPort == 0 ? null : PullPort),
            (nameof(HostName), HostName),
            (nameof(ConfigPath), ConfigPath),
            (nameof(Node), Node),
            (nameof(MinionBus), MinionBus),
        }
            .Where(n => n.Value is not null)
            .Select(n => (n.Name, n.Value!));

    /// <summary>Another parameter for the pipeline, if the parameters that are bound before it name a bus.</summary>
    object? IDynamicParameters.GetDynamicParameters() =>
        TakesTargetFromPipeline && Names.Any() ? new PipelineInput<SaltEventTarget>(TakeFromPipeline) : null;

    /// <summary>Uses this session or bus in place of the one that a default names.</summary>
    private void TakeFromPipeline(SaltEventTarget? target)
    {
        conflict ??= target is null ? null : Names.Where(n => !this.CanHaveSet(n.Name, n.Value)).Select(n => n.Name).FirstOrDefault();
        Session = target as SaltEventSession;
        Bus = target as SaltEventAnyBus;
        Uri = null;
        SockDir = HostName = ConfigPath = MinionBus = null;
        PubPort = PullPort = 0;
        Node = null;
    }

    private void ValidatePipeline()
    {
        if (conflict is not null)
        {
            ThrowTerminatingError(
                ErrorRecords.ParametersDisagree($"{Given} comes through the pipeline, but -{conflict} names a bus too. Omit one of them.")
            );
        }
    }
}
