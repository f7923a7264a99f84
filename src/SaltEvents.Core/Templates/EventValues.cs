using System;
using System.Collections.Generic;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Templates;

/// <summary>What an event made from a template is about.</summary>
public sealed record EventValues
{
    /// <summary>The time of firing, UTC.</summary>
    public required DateTime Time { get; init; }

    /// <summary>The id of the job.</summary>
    public required string JobId { get; init; }

    /// <summary>The id of the minion.</summary>
    public string MinionId { get; init; } = string.Empty;

    /// <summary>The minions that a job goes to, or that are there.</summary>
    public IReadOnlyList<string> Minions { get; init; } = [];

    /// <summary>The minions that a job goes to and that are not connected.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>The minions that have come.</summary>
    public IReadOnlyList<string> Joined { get; init; } = [];

    /// <summary>The minions that have gone.</summary>
    public IReadOnlyList<string> Lost { get; init; } = [];

    /// <summary>The function; null for the template's own.</summary>
    public string? Function { get; init; }

    /// <summary>Its arguments, as payload values.</summary>
    public IReadOnlyList<object?> Arguments { get; init; } = [];

    /// <summary>The target expression; null for the one minion, or all.</summary>
    public string? Target { get; init; }

    /// <summary>Salt's name for the kind of target: glob, list, ...</summary>
    public string TargetType { get; init; } = "glob";

    /// <summary>The user who started the job.</summary>
    public string User { get; init; } = "root";

    /// <summary>What the function returned, as a payload value; null for the template's own.</summary>
    public object? Return { get; init; }

    /// <summary>The states that ran.</summary>
    public IReadOnlyList<StateRun> States { get; init; } = [];

    /// <summary>The return code; null for the one that follows from the states.</summary>
    public int? ReturnCode { get; init; }

    /// <summary>What happened to a key; null for "accept".</summary>
    public string? Action { get; init; }

    /// <summary>A text; null for the template's own.</summary>
    public string? Message { get; init; }

    /// <summary>The name of what the event is about, such as a beacon or a virtual machine; null for the template's own.</summary>
    public string? Name { get; init; }

    /// <summary>What follows the name in the tag; null for the template's own.</summary>
    public string? Detail { get; init; }

    /// <summary>Further fields of the payload.</summary>
    public PayloadMap Data { get; init; } = [];

    /// <summary>The function; by default that of the template: test.ping or, with states, state.apply.</summary>
    internal string MinionFunction => Function ?? (States.Count > 0 ? "state.apply" : "test.ping");

    /// <summary>The return code: 2 if a state failed (salt/modules/state.py, _set_retcode, 3006.10).</summary>
    internal long Code => ReturnCode ?? (HasFailed ? 2 : 0);

    internal bool HasFailed
    {
        get
        {
            foreach (var state in States)
            {
                if (!state.Succeeded)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>The place in the run of the one state that an event is about, from 0.</summary>
    internal int StateNumber { get; init; }

    /// <summary>How many states the run has.</summary>
    internal int StateCount { get; init; }

    /// <summary>The sls that the states are of: the first argument, if it can be one.</summary>
    internal string Sls => Arguments.Count > 0 && Arguments[0] is string { Length: > 0 } sls && sls.IndexOf('=') < 0 ? sls : "site";
}
