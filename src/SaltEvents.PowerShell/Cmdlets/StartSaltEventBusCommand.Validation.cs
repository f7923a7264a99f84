using System;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Transport;
using SaltEvents.Errors;

namespace SaltEvents.Cmdlets;

/// <content>Which parameters go together, and which directory can be trusted.</content>
public sealed partial class StartSaltEventBusCommand
{
    // Its owner could put another bus in place of this one.
    private void ValidateDirectoryOwner()
    {
        if (SockDir is null)
        {
            return;
        }

        if (PlatformText.Current.SockDirRefusal is { } refusal)
        {
            ThrowTerminatingError(ErrorRecords.UnixSocketsNotSupported(refusal, SockDir));
        }

        var directory = GetUnresolvedProviderPathFromPSPath(SockDir);
        if (SocketRisk.FindDirectoryOfOther(directory) is { } risk)
        {
            ThrowTerminatingError(
                ErrorRecords.Create(
                    "DirectoryNotTrusted",
                    ErrorCategory.SecurityError,
                    $"The bus was not started because {risk}. Use a directory of {Owners}; it is created if it does not exist.",
                    SockDir
                )
            );
        }

        foreach (var other in SocketRisk.Find(directory, () => null))
        {
            WriteWarning($"Another account can interfere with the bus's directory: {other}.");
        }
    }

    // A default of $PSDefaultParameterValues for one kind of bus gives way to what the caller gives for the other.
    private void ResolveDefaults()
    {
        if (SockDir is not null && !IsGivenByCaller(nameof(SockDir)) && TcpParameters.Any(IsGivenByCaller))
        {
            SockDir = null;
        }
    }

    private void ValidateParameters()
    {
        var problem =
            SockDir is not null && TcpParameters.Any(IsGivenByCaller)
                ? "-SockDir is for Unix sockets; -PubPort, -PullPort and -HostName are for TCP. Give only one kind."
            : IsGivenByCaller(nameof(Node)) && Node == SaltNode.Master && (Master is not null || MinionId is not null)
                ? "-Master and -MinionId are for a minion's bus: give -Node Minion, or omit -Node."
            : IsZeroMq && (IsGivenByCaller(nameof(Framing)) || IsGivenByCaller(nameof(AcceptFraming)))
                ? "-Framing and -AcceptFraming are for a bus without ZeroMQ, which has no frames. Omit them."
            : IsGivenByCaller(nameof(TagForm)) && Master is null && !(IsZeroMq && (Node == SaltNode.Minion || MinionId is not null))
                ? "-TagForm is for a minion's bus that speaks ZeroMQ, or has a -Master that does. Messages from senders are forwarded unchanged. Omit it."
            : PubPort != 0 && PubPort == PullPort ? $"-PubPort and -PullPort are both {PubPort}. Give two different ports."
            : null;
        if (problem is not null)
        {
            ThrowTerminatingError(ErrorRecords.ParametersDisagree(problem));
        }
    }
}
