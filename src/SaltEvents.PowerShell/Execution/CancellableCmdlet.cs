using System;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Transport;
using SaltEvents.Errors;

namespace SaltEvents.Execution;

/// <summary>The base of every cmdlet that waits: Ctrl+C ends the wait at once, and an error ends the command with its fixed id.</summary>
public abstract class CancellableCmdlet : ModuleCommand, IDisposable
{
    private readonly CancellationTokenSource stop = new();

    private protected CancellableCmdlet()
    {
    }

    internal CancellationToken StopToken => stop.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        DisposeOwned();
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

    /// <summary>Releases what this command itself has opened. Called once, also if the pipeline was stopped early.</summary>
    private protected virtual void DisposeOwned()
    {
    }

    /// <summary>The target of an error.</summary>
    private protected virtual object? ErrorTarget => null;

    /// <summary>Runs work off this thread and waits for it; an error ends the command.</summary>
    internal T Run<T>(Func<CancellationToken, Task<T>> work) =>
        Guard(() => Task.Run(() => work(StopToken)).GetAwaiter().GetResult());

    /// <inheritdoc cref="Run{T}(Func{CancellationToken, Task{T}})"/>
    internal void Run(Func<CancellationToken, Task> work) => Guard(() => Task.Run(() => work(StopToken)).GetAwaiter().GetResult());

    /// <summary>Waits for work that has mostly ended already, so that it needs no task; an error ends the command.</summary>
    internal T Wait<T>(ValueTask<T> work) =>
        work.IsCompletedSuccessfully ? work.Result : Guard(() => work.AsTask().GetAwaiter().GetResult());

    /// <summary>
    /// Runs a part that waits for jobs. If the command is stopped meanwhile, says what goes on without it: on the host itself, since
    /// PowerShell takes no more output from a command that was stopped.
    /// </summary>
    internal void RunUnlessStopped(Action work, Func<string?> describe)
    {
        try
        {
            work();
        }
        catch (PipelineStoppedException) when (StopToken.IsCancellationRequested && describe() is { } text)
        {
            Host?.UI?.WriteWarningLine(DisplayText.OneLine(text));
            throw;
        }
    }

    /// <summary>How tags end on a ZeroMQ bus, by all that can be known of it; if that is not enough, an error ends the command.</summary>
    internal SaltTagForm FindTagForm(EventBusClient client)
    {
        var form = Run(token => client.FindTagFormAsync(InstalledSalt.TagFormsOf(client.Endpoint), token));
        WriteVerbose($"Tags are written to the bus at {client.Endpoint.Pull} in the form {form}.");
        return form;
    }

    internal void Guard(Action work) => Guard(() =>
    {
        work();
        return true;
    });

    /// <summary>Turns an error into a terminating one with its fixed id; a stop stays a stop.</summary>
    internal T Guard<T>(Func<T> work)
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
        catch (Exception e) when (e is PlatformNotSupportedException || (e is SaltEventException && !IsNonTerminating(e)))
        {
            ThrowTerminatingError(ErrorRecords.From(e, ErrorTarget, HintFor(e)));
            throw;
        }
    }

    /// <summary>This command's advice about an error, in addition to the usual advice.</summary>
    private protected virtual string HintFor(Exception error) => string.Empty;

    /// <summary>Whether an error is about one item only, so that the command can continue.</summary>
    private protected virtual bool IsNonTerminating(Exception error) => false;
}
