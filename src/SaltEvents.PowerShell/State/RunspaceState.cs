using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using System.Threading;
using SaltEvents.Core.Configuration;

namespace SaltEvents.State;

/// <summary>
/// What one runspace has open. It is closed with Remove-Module in that runspace, with the runspace and with the process,
/// so that no file, port or thread stays behind.
/// </summary>
internal sealed class RunspaceState
{
    private static readonly ConditionalWeakTable<Runspace, RunspaceState> States = new();
    private static int lastId;
    private readonly List<SaltEventTarget> opened = [];

    private RunspaceState(Runspace runspace)
    {
        runspace.StateChanged += (_, e) =>
        {
            if (e.RunspaceStateInfo.State is System.Management.Automation.Runspaces.RunspaceState.Closing or System.Management.Automation.Runspaces.RunspaceState.Closed or System.Management.Automation.Runspaces.RunspaceState.Broken)
            {
                CloseAll();
            }
        };
        AppDomain.CurrentDomain.ProcessExit += (_, _) => CloseAll();
    }

    /// <summary>The state of the runspace that runs on this thread.</summary>
    public static RunspaceState Current => States.GetValue(Runspace.DefaultRunspace, runspace => new RunspaceState(runspace));

    public static int NextId() => Interlocked.Increment(ref lastId);

    /// <summary>Closes everything of the present runspace, where it has anything.</summary>
    public static void CloseCurrent()
    {
        if (Runspace.DefaultRunspace is { } runspace && States.TryGetValue(runspace, out var state))
        {
            state.CloseAll();
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

    /// <summary>What was opened last and is open still, of that kind of node; null for either.</summary>
    public SaltEventTarget? Last(NodeKind? node) =>
        Open<SaltEventTarget>().LastOrDefault(t => node is null || t.NodeKind == node);

    private void CloseAll()
    {
        // Sessions before the buses that they may be on; a minion's bus before the master's that was opened first.
        foreach (var target in Open<SaltEventTarget>().Reverse())
        {
            target.Close();
        }
    }
}
