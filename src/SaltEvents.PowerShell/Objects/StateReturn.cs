using System;
using System.Collections.Generic;
using System.Linq;
using SaltEvents.Payload.Lazy;

namespace SaltEvents.Objects;

/// <summary>
/// The states in what a job returned, and whether they are a success: the rule of Salt's own check_result (salt/utils/state.py,
/// 3006.16), but for requisites of the kind onfail, which need the states' files.
/// </summary>
internal sealed class StateReturn
{
    // How deep a return may wrap its states: an orchestration has them under "data" and the minion's id.
    private const int MaxWrappers = 4;

    // Functions that return nothing but the results of states; others of the module only show states (salt/modules/state.py, 3006.16).
    private static readonly HashSet<string> Functions =
    [
        "state.apply",
        "state.high",
        "state.highstate",
        "state.pkg",
        "state.run_request",
        "state.single",
        "state.sls",
        "state.sls_id",
        "state.template",
        "state.template_str",
        "state.top",
    ];

    // Orchestrations, and their aliases as runners, whose results are under "data" (salt/runners/state.py, 3006.16).
    private static readonly HashSet<string> Orchestrations =
    [
        "state.orchestrate",
        "runner.state.orchestrate",
        "runner.state.orch",
        "runner.state.sls",
    ];

    // Where each is: a run of many states is judged without an object for each.
    private readonly List<(LazyMap Map, int Field, string? Key)> states = [];

    private StateReturn()
    {
    }

    /// <summary>Whether they are a success.</summary>
    public bool Succeeded { get; private set; } = true;

    /// <summary>How many states there are.</summary>
    public int Count => states.Count;

    /// <summary>All of them, with their keys.</summary>
    public IEnumerable<(string Key, LazyMap State)> All =>
        states.Select(s => (s.Key ?? s.Map.GetName(s.Field) ?? string.Empty, (LazyMap)s.Map.GetValue(s.Field)!));

    /// <summary>Those that failed.</summary>
    public SaltFailedState[] Failed =>
        states
            .Where(s => HasFailed(s.Map, s.Field))
            .Select(s => new SaltFailedState(s.Key ?? s.Map.GetName(s.Field) ?? string.Empty, (LazyMap)s.Map.GetValue(s.Field)!))
            .ToArray();

    /// <summary>How many of them failed.</summary>
    public int FailedCount => states.Count(s => HasFailed(s.Map, s.Field));

    /// <summary>The states in the return of a job; null if there are none.</summary>
    /// <param name="job">The event's payload.</param>
    public static StateReturn? Find(LazyMap job)
    {
        var at = job.Find("return");
        if (at < 0 || !(job.IsMap(at) || job.IsList(at)))
        {
            return null;
        }

        var run = new StateReturn();
        if (job.TryGetValue("fun") is LazyList functions)
        {
            run.AddEach(functions, job.GetValue(at));
        }
        else
        {
            run.Add(job.TryGetValue("fun") as string, job, at);
        }

        return run.Count > 0 || !run.Succeeded ? run : null;
    }

    // What several functions returned, by their names or, where the minion has multifunc_ordered, in their order.
    private void AddEach(LazyList functions, object? returned)
    {
        for (var i = 0; i < functions.Items.Length; i++)
        {
            if (functions.Items[i] is string name && returned is LazyMap several)
            {
                Add(name, several, several.Find(name));
            }
            else if (returned is LazyList { Items: var items } && i < items.Length)
            {
                AddValue(functions.Items[i] as string, items[i]);
            }
        }
    }

    private void Add(string? function, LazyMap map, int at)
    {
        // A list can be long, and seldom has states: it is not decoded to check that.
        if (at < 0 || !(map.IsMap(at) || (map.IsList(at) && (RunsStates(function) || map.Packed.Span.IndexOf(Separator) >= 0))))
        {
            return;
        }

        if (function == "state.low")
        {
            CheckOne(map, at, function); // the result of one state, without its key
        }
        else
        {
            AddValue(function, map.GetValue(at));
        }
    }

    private void AddValue(string? function, object? value)
    {
        if (RunsStates(function))
        {
            if (value is LazyList)
            {
                Succeeded = false; // the errors of files that cannot be run
            }
            else if (value is LazyMap running && (running.Count > 0 || function != "state.run_request")) // which may have nothing to run
            {
                Check(running, isNested: false);
            }
        }
        else if (function is not null && Orchestrations.Contains(function) && (value as LazyMap)?.TryGetValue("data") is LazyMap results)
        {
            Check(results, isNested: false);
        }
        else if (value is LazyNode returned && returned.Packed.Span.IndexOf(Separator) >= 0)
        {
            Search(returned, MaxWrappers);
        }
    }

    // Any function may run states and return them, among other things.
    private void Search(object? value, int depth)
    {
        if (value is LazyMap returned)
        {
            Search(returned, depth);
        }
        else if (value is LazyList several && depth > 1)
        {
            foreach (var item in several.Items)
            {
                Search(item, depth - 1);
            }
        }
    }

    private void Search(LazyMap map, int depth)
    {
        var fields = map.Live.Where(map.IsMap).ToArray();
        if (fields.Any(i => map.KeyContains(i, Separator) && map.TryPeek(i, Result, out _)))
        {
            foreach (var field in fields)
            {
                CheckOne(map, field);
            }
        }
        else if (depth > 1)
        {
            foreach (var field in map.Live.Where(i => map.IsMap(i) || map.IsList(i)))
            {
                Search(map.GetValue(field), depth - 1);
            }
        }
    }

    // As check_result does, but for that it looks at all of them.
    private void Check(LazyMap running, bool isNested)
    {
        Succeeded &= running.Count > 0;
        foreach (var field in running.Live)
        {
            if (!isNested && !(running.KeyIs(field, "__extend__"u8) ? running.IsList(field) : running.IsMap(field)))
            {
                Succeeded = false;
            }

            CheckOne(running, field);
        }
    }

    private void CheckOne(LazyMap map, int field, string? key = null)
    {
        if (map.TryPeek(field, Result, out var result))
        {
            states.Add((map, field, key));
            Succeeded &= result is not false;
        }
        else if (map.IsMap(field))
        {
            Check((LazyMap)map.GetValue(field)!, isNested: true);
        }
    }

    private static bool RunsStates(string? function) => function is not null && Functions.Contains(function);

    private static ReadOnlySpan<byte> Separator => "_|-"u8;

    private static ReadOnlySpan<byte> Result => "result"u8;

    private static bool HasFailed(LazyMap map, int field) => map.TryPeek(field, Result, out var result) && result is false;
}
