using System;
using System.Collections.Generic;
using System.Linq;
using SaltEvents.Output.Lazy;

namespace SaltEvents.Output;

/// <summary>
/// The states in what a job returned, and whether they are a success: the rule of Salt's own check_result (salt/utils/state.py,
/// 3006.16), but for requisites of the kind onfail, which need the states' files.
/// </summary>
internal sealed class StateRun
{
    // How deep a return may wrap its states: an orchestration has them under "data" and the minion's id.
    private const int MaxWrappers = 4;
    private const string Separator = "_|-";
    private const string Result = "result";

    // Functions that return nothing but the results of states; others of the module only show states (salt/modules/state.py, 3006.16).
    private static readonly HashSet<string> Functions =
    [
        "state.apply", "state.high", "state.highstate", "state.pkg", "state.run_request", "state.single", "state.sls", "state.sls_id", "state.template", "state.template_str", "state.top",
    ];

    private readonly List<(string Key, LazyMap State)> states = [];

    private StateRun()
    {
    }

    /// <summary>Whether they are a success.</summary>
    public bool Succeeded { get; private set; } = true;

    /// <summary>How many states there are.</summary>
    public int Count => states.Count;

    /// <summary>Those that failed.</summary>
    public SaltFailedState[] Failed => states.Where(s => HasFailed(s.State)).Select(s => new SaltFailedState(s.Key, s.State)).ToArray();

    /// <summary>The states in a return; null where there are none.</summary>
    /// <param name="function">The job's function, or its functions.</param>
    /// <param name="returned">What it returned.</param>
    public static StateRun? Find(object? function, object? returned)
    {
        var run = new StateRun();
        if (function is LazyList functions && returned is LazyMap several)
        {
            foreach (var name in functions.Items.OfType<string>())
            {
                run.Add(name, several.TryGetValue(name));
            }
        }
        else
        {
            run.Add(function as string, returned);
        }

        return run.Count > 0 || !run.Succeeded ? run : null;
    }

    private void Add(string? function, object? returned)
    {
        if (function == "state.low" && returned is LazyMap one)
        {
            Check([(function, one)], isNested: true); // the result of one state, without its key
        }
        else if (function is not null && Functions.Contains(function))
        {
            if (FieldsOf(returned) is { Length: > 0 } fields)
            {
                Check(fields, isNested: false);
            }
        }
        else
        {
            Search(returned, MaxWrappers);
        }
    }

    // Any function may run states and return them, among other things.
    private void Search(object? value, int depth)
    {
        if (depth == 0 || FieldsOf(value) is not { } fields)
        {
            return;
        }

        if (fields.Any(f => f.Name.Contains(Separator) && IsState(f.Value)))
        {
            Check(fields.Where(f => f.Value is LazyMap).ToArray(), isNested: true);
            return;
        }

        foreach (var (_, inner) in fields)
        {
            Search(inner, depth - 1);
        }
    }

    // As check_result does, but for that it looks at all of them.
    private void Check((string Name, object? Value)[] running, bool isNested)
    {
        Succeeded &= running.Length > 0;
        foreach (var (name, value) in running)
        {
            if (!isNested && (name == "__extend__" ? value is not LazyList : value is not LazyMap))
            {
                Succeeded = false;
            }

            if (IsState(value))
            {
                states.Add((name, (LazyMap)value!));
                Succeeded &= !HasFailed((LazyMap)value!);
            }
            else if (FieldsOf(value) is { } inner)
            {
                Check(inner, isNested: true);
            }
        }
    }

    private static bool IsState(object? value) => value is LazyMap map && map.Find(Result) >= 0;

    private static bool HasFailed(LazyMap state) => state.TryGetValue(Result) is false;

    // All of them, also those whose keys differ only in case.
    private static (string Name, object? Value)[]? FieldsOf(object? value) => value is not LazyMap map ? null
        : Enumerable.Range(0, map.End).Where(i => !map.IsRemoved(i)).Select(i => (map.GetName(i) ?? string.Empty, map.GetValue(i))).ToArray();
}
