using System;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Transport;
using SaltEvents.Errors;

namespace SaltEvents.Base;

/// <summary>What every cmdlet that reaches a bus shares: the parameters that name the bus, and waiting that Ctrl+C ends at once.</summary>
public abstract class BusCommand : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource stop = new();

    private protected BusCommand()
    {
    }

    /// <summary>Whose bus to use, where nothing else says it: a master's or a minion's.</summary>
    [Parameter]
    public SaltNode? Node { get; set; }

    /// <summary>The directory of the bus's sockets (Salt's sock_dir).</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SockDir { get; set; }

    /// <summary>The minion whose bus it is; needed only where several lie in one directory.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? MinionId { get; set; }

    /// <summary>The port for listening, of a bus in TCP mode.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    public int PubPort { get; set; }

    /// <summary>The port for firing, of a bus in TCP mode.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    public int PullPort { get; set; }

    /// <summary>The host of a bus in TCP mode.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string HostName { get; set; } = TcpBusAddress.Loopback;

    /// <summary>A session, or a bus that PowerShell runs.</summary>
    [Parameter]
    [Alias("Bus")]
    [ValidateNotNull]
    public SaltEventTarget? Session { get; set; }

    /// <summary>How long connecting may take: seconds, or a TimeSpan.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    private protected CancellationToken StopToken => stop.Token;

    private protected virtual EventBusClientOptions ClientOptions => new() { ConnectTimeout = ConnectTimeout };

    /// <inheritdoc/>
    public void Dispose()
    {
        CloseOwn();
        stop.Dispose();
    }

    /// <inheritdoc/>
    protected override void StopProcessing()
    {
        try
        {
            stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The command has just ended.
        }
    }

    /// <summary>Releases what this command itself has opened. Called once, also where the pipeline was stopped early.</summary>
    private protected virtual void CloseOwn()
    {
    }

    /// <summary>The bus that the parameters name.</summary>
    private protected SelectedBus SelectBus()
    {
        var selected = Guard(() => BusSelector.Select(this));
        WriteVerbose($"Using the bus at {selected.Endpoint} ({selected.Why}).");
        return selected;
    }

    /// <summary>Runs work off this thread and waits for it; an error ends the command.</summary>
    private protected T Run<T>(Func<CancellationToken, Task<T>> work) =>
        Guard(() => Task.Run(() => work(StopToken)).GetAwaiter().GetResult());

    /// <summary>Turns an error into a terminating one with its fixed id; a stop stays a stop.</summary>
    private protected T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (OperationCanceledException) when (StopToken.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        catch (CommandErrorException e)
        {
            ThrowTerminatingError(e.Record);
            throw;
        }
        catch (Exception e) when (IsExpected(e))
        {
            ThrowTerminatingError(ErrorRecords.From(e, Target()));
            throw;
        }
    }

    private protected static bool IsExpected(Exception e) => e is SaltEventException or PlatformNotSupportedException;

    private protected bool IsGiven(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    /// <summary>What an error is about: the part of the bus's name that was given.</summary>
    private object? Target() => (object?)Session ?? SockDir ?? (PubPort > 0 || PullPort > 0 ? $"{HostName}:{(PubPort > 0 ? PubPort : PullPort)}" : null);
}
