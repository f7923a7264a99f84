using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using SaltEvents.Payload.Lazy;

namespace SaltEvents.Objects;

/// <summary>The states of a job, by minion: each as its progress event reports it, then all as the minion returns them.</summary>
internal sealed class JobStates
{
    private readonly Dictionary<string, SortedDictionary<int, SaltStateResult>> byMinion = new(StringComparer.Ordinal);
    private readonly HashSet<string> returned = new(StringComparer.Ordinal);

    /// <summary>All of them, in the order in which they ran.</summary>
    public SaltStateResult[] All => [.. byMinion.Values.SelectMany(states => states.Values)];

    /// <summary>Those that failed.</summary>
    public SaltStateResult[] Failed => [.. byMinion.Values.SelectMany(states => states.Values).Where(s => s.Succeeded is false)];

    /// <summary>How many have run, and how many there are, of the minions that have reported it; null if none has.</summary>
    public (int Done, int Total)? Progress
    {
        get
        {
            var counted = byMinion.Values.Where(states => states.Count > 0 && states.First().Value.Total is not null).ToArray();
            return counted.Length == 0
                ? null
                : (counted.Sum(s => s.Count), counted.Sum(s => Convert.ToInt32(s.First().Value.Total, CultureInfo.InvariantCulture)));
        }
    }

    /// <summary>A state of a minion has run (state_events).</summary>
    public void Take(string minionId, string number, LazyMap? data)
    {
        if (data?.TryGetValue("ret") is LazyMap state && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var at))
        {
            Add(minionId, at, new SaltStateResult(minionId, null, state, at, data.TryGetValue("len") is long total ? total : null));
        }
    }

    /// <summary>A state of a minion has failed, or a step of an orchestration begins: after those that are known.</summary>
    public void Take(string minionId, LazyMap state)
    {
        var of = StatesOf(minionId);
        var number =
            state.TryGetValue("__run_num__") is long at && at is >= 0 and < int.MaxValue ? (int)at
            : of.Count > 0 ? of.Keys.Last() + 1
            : 0;
        if (!of.ContainsKey(number))
        {
            Add(minionId, number, new SaltStateResult(minionId, null, state, number, null));
        }
    }

    /// <summary>A minion has returned its states, which count in place of what was known.</summary>
    public void Return(string minionId, StateReturn? run)
    {
        if (run is null || !returned.Add(minionId))
        {
            return;
        }

        var of = StatesOf(minionId);
        of.Clear();
        foreach (var (key, state) in run.All.OrderBy(s => s.State.TryGetValue("__run_num__") is long at ? at : long.MaxValue))
        {
            of.Add(of.Count, new SaltStateResult(minionId, key, state, null, (long)run.Count));
        }
    }

    private void Add(string minionId, int number, SaltStateResult state)
    {
        if (!returned.Contains(minionId))
        {
            StatesOf(minionId)[number] = state;
        }
    }

    private SortedDictionary<int, SaltStateResult> StatesOf(string minionId)
    {
        if (!byMinion.TryGetValue(minionId, out var states))
        {
            byMinion.Add(minionId, states = []);
        }

        return states;
    }
}
