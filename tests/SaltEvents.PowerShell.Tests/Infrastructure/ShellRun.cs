using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>A script that runs: its output as it comes, its end, normal or by a stop (Ctrl+C).</summary>
internal sealed class ShellRun : IDisposable
{
    private readonly PowerShell pipeline;
    private readonly PSDataCollection<PSObject> output = new() { BlockingEnumerator = false };
    private readonly BlockingCollection<PSObject> arrived = [];
    private readonly IAsyncResult running;
    private int taken;

    public ShellRun(Shell shell, string script)
    {
        pipeline = PowerShell.Create(shell.Runspace);
        pipeline.AddScript(script, useLocalScope: false);
        output.DataAdded += (_, e) => arrived.Add(output[e.Index]);
        running = pipeline.BeginInvoke<PSObject, PSObject>(null, output);
    }

    public bool IsRunning => !running.IsCompleted;

    /// <summary>Whether a verbose message of the script contains a text.</summary>
    public bool HasSaid(string text) => pipeline.Streams.Verbose.Any(v => v.Message.Contains(text, StringComparison.Ordinal));

    /// <summary>The next object that the script writes.</summary>
    public dynamic Next()
    {
        if (arrived.TryTake(out var next, Until.Limit))
        {
            taken++;
            return next;
        }

        throw new TimeoutException("The script wrote nothing more: " + Result(null));
    }

    /// <summary>Waits until the script ends without a stop.</summary>
    public ShellResult Finish()
    {
        if (!running.AsyncWaitHandle.WaitOne(Until.Limit))
        {
            Stop();
            Assert.Fail("The script did not end without a stop: " + Result(null));
        }

        return End();
    }

    /// <summary>Stops the script as Ctrl+C does, and waits until it has ended.</summary>
    public ShellResult Stop()
    {
        pipeline.Stop();
        return End();
    }

    public void Dispose()
    {
        if (IsRunning)
        {
            pipeline.Stop();
        }

        pipeline.Dispose();
        output.Dispose();
        arrived.Dispose();
    }

    private ShellResult End()
    {
        try
        {
            pipeline.EndInvoke(running);
            return Result(null);
        }
        catch (RuntimeException e)
        {
            return Result(e);
        }
    }

    private ShellResult Result(Exception? failure) => new(
        output.Skip(taken).ToArray(),
        pipeline.Streams.Error.ToArray(),
        pipeline.Streams.Warning.Select(w => w.Message).ToArray(),
        pipeline.Streams.Verbose.Select(v => v.Message).ToArray(),
        failure);
}
