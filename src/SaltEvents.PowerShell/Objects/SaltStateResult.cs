using System;
using System.Linq;
using SaltEvents.Objects;
using SaltEvents.Payload.Lazy;

namespace SaltEvents;

/// <summary>
/// A state of a job at one minion, as far as it has come. Salt names a state module_|-id_|-name_|-function (salt/state.py, 3006.10).
/// </summary>
public sealed class SaltStateResult
{
    internal SaltStateResult(string minionId, string? key, LazyMap state, object? number, object? total)
    {
        key = key is null ? null : SerializedValue.Text(key);
        var parts = key?.Split(["_|-"], StringSplitOptions.None) ?? [];
        MinionId = SerializedValue.Text(minionId);
        Name = SerializedValue.From(state.TryGetValue("name")) as string ?? parts.ElementAtOrDefault(2);
        Id = SerializedValue.From(state.TryGetValue("__id__")) as string ?? parts.ElementAtOrDefault(1) ?? key ?? Name ?? string.Empty;
        Function = parts.Length == 4 ? $"{parts[0]}.{parts[3]}" : null;
        Number = SerializedValue.From(state.TryGetValue("__run_num__")) ?? number;
        Total = total;
        Succeeded = SerializedValue.From(state.TryGetValue("result"));
        Comment = SerializedValue.From(state.TryGetValue("comment"));
        Changes = SerializedValue.From(state.TryGetValue("changes"));
        Duration = SerializedValue.From(state.TryGetValue("duration"));
    }

    /// <summary>The minion; empty for a step of an orchestration.</summary>
    public string MinionId { get; }

    /// <summary>The id that the state has in its SLS file.</summary>
    public string Id { get; }

    /// <summary>The state's function, such as pkg.installed; null while only its progress is known.</summary>
    public string? Function { get; }

    /// <summary>The name that the state works on; null if it has none.</summary>
    public string? Name { get; }

    /// <summary>Its place in the run, from 0; null if that is not known.</summary>
    public object? Number { get; }

    /// <summary>How many states the run has; null if that is not known.</summary>
    public object? Total { get; }

    /// <summary>True; false; or null if it was only tested, or is not done.</summary>
    public object? Succeeded { get; }

    /// <summary>What the state reports about its outcome: one text or several.</summary>
    public object? Comment { get; }

    /// <summary>What it has changed.</summary>
    public object? Changes { get; }

    /// <summary>How long it took, in milliseconds; null if it does not say.</summary>
    public object? Duration { get; }

    /// <inheritdoc/>
    public override string ToString() => TerminalText.OneLine(Id);
}
