using System.Collections.Generic;
using System.Linq;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using System.Threading;
using SaltEvents.Isolation;

namespace SaltEvents.Objects;

/// <summary>
/// The buses, sessions and subscriptions that one runspace has open. They are closed by Remove-Module in that runspace,
/// with the runspace and with the process, so that no file, port or thread stays behind.
/// </summary>
internal sealed class OpenTargets
{
    private static readonly ConditionalWeakTable<Runspace, OpenTargets> States = new();
    private static int lastId;
    private readonly List<SaltEventTarget> opened = [];

    private OpenTargets(Runspace runspace)
    {
        runspace.StateChanged += OnStateChanged;
        ProcessEnd.Ending += CloseAll;
    }

    /// <summary>What the runspace on this thread has open.</summary>
    public static OpenTargets Current => States.GetValue(Runspace.DefaultRunspace, runspace => new OpenTargets(runspace));

    public static int NextId() => Interlocked.Increment(ref lastId);

    /// <summary>
    /// The bus that this runspace started last, in words, even if it has ended: commands meant for it must not reach Salt's own. Null if
    /// it has started none.
    /// </summary>
    public string? LastBus { get; private set; }

    /// <summary>Closes everything of the present runspace, if it has anything.</summary>
    /// <returns>The buses and relays that ran.</returns>
    public static IReadOnlyList<SaltEventTarget> CloseCurrent()
    {
        if (Runspace.DefaultRunspace is not { } runspace || !States.TryGetValue(runspace, out var targets))
        {
            return [];
        }

        var running = targets.Open<SaltEventTarget>().Where(t => t is SaltEventBus or SaltEventRelay).ToArray();
        targets.CloseAll();
        return running;
    }

    public void Add(SaltEventTarget target)
    {
        lock (opened)
        {
            opened.Add(target);
            LastBus = target is SaltEventBus ? target.ToString() : LastBus;
        }

        // Closed by its owner: a script that opens thousands must not keep them.
        target.Closed += Remove;
    }

    /// <summary>What is open, in the order of opening.</summary>
    public IReadOnlyList<T> Open<T>()
        where T : SaltEventTarget
    {
        lock (opened)
        {
            return opened.OfType<T>().Where(t => t.IsOpen).ToArray();
        }
    }

    /// <summary>A session before the bus that it is on, a minion's bus before its master's.</summary>
    public IReadOnlyList<T> OpenLastFirst<T>()
        where T : SaltEventTarget => Open<T>().Reverse().ToArray();

    private void Remove(SaltEventTarget target)
    {
        lock (opened)
        {
            opened.Remove(target);
        }
    }

    private void OnStateChanged(object? sender, RunspaceStateEventArgs e)
    {
        if (e.RunspaceStateInfo.State is RunspaceState.Closing or RunspaceState.Closed or RunspaceState.Broken)
        {
            ProcessEnd.Ending -= CloseAll;
            CloseAll();
        }
    }

    private void CloseAll()
    {
        foreach (var target in OpenLastFirst<SaltEventTarget>())
        {
            target.Close();
        }
    }
}
