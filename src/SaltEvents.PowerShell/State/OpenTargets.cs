using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using System.Threading;

namespace SaltEvents.State;

/// <summary>
/// What one runspace has open. It is closed with Remove-Module in that runspace, with the runspace and with the process,
/// so that no file, port or thread stays behind.
/// </summary>
internal sealed class OpenTargets
{
    private static readonly ConditionalWeakTable<Runspace, OpenTargets> States = new();
    private static int lastId;
    private readonly List<SaltEventTarget> opened = [];

    private OpenTargets(Runspace runspace)
    {
        runspace.StateChanged += OnStateChanged;
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    /// <summary>What the runspace on this thread has open.</summary>
    public static OpenTargets Current => States.GetValue(Runspace.DefaultRunspace, runspace => new OpenTargets(runspace));

    public static int NextId() => Interlocked.Increment(ref lastId);

    /// <summary>Closes everything of the present runspace, where it has anything.</summary>
    public static void CloseCurrent()
    {
        if (Runspace.DefaultRunspace is { } runspace && States.TryGetValue(runspace, out var targets))
        {
            targets.CloseAll();
        }
    }

    public void Add(SaltEventTarget target)
    {
        lock (opened)
        {
            opened.Add(target);
        }
    }

    /// <summary>What is open, in the order of opening.</summary>
    public IReadOnlyList<T> Open<T>()
        where T : SaltEventTarget
    {
        lock (opened)
        {
            opened.RemoveAll(t => !t.IsOpen);
            return opened.OfType<T>().ToArray();
        }
    }

    /// <summary>A session before the bus that it is on, a minion's bus before its master's.</summary>
    public IReadOnlyList<T> OpenLastFirst<T>()
        where T : SaltEventTarget => Open<T>().Reverse().ToArray();

    private void OnStateChanged(object? sender, RunspaceStateEventArgs e)
    {
        if (e.RunspaceStateInfo.State is RunspaceState.Closing or RunspaceState.Closed or RunspaceState.Broken)
        {
            AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
            CloseAll();
        }
    }

    private void OnProcessExit(object? sender, EventArgs e) => CloseAll();

    private void CloseAll()
    {
        foreach (var target in OpenLastFirst<SaltEventTarget>())
        {
            target.Close();
        }
    }
}
