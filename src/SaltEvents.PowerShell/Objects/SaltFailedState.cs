using System;
using System.Linq;
using SaltEvents.Objects;
using SaltEvents.Payload.Lazy;

namespace SaltEvents;

/// <summary>A state of a job return that failed. Salt names a state module_|-id_|-name_|-function (salt/state.py, 3006.10).</summary>
public sealed class SaltFailedState
{
    internal SaltFailedState(string key, LazyMap state)
    {
        key = SerializedValue.Text(key);
        var parts = key.Split(["_|-"], StringSplitOptions.None);
        Id = SerializedValue.From(state.TryGetValue("__id__")) as string ?? parts.ElementAtOrDefault(1) ?? key;
        Function = parts.Length == 4 ? $"{parts[0]}.{parts[3]}" : null;
        Name = SerializedValue.From(state.TryGetValue("name")) as string ?? parts.ElementAtOrDefault(2);
        Comment = SerializedValue.From(state.TryGetValue("comment"));
        Changes = SerializedValue.From(state.TryGetValue("changes"));
        Duration = SerializedValue.From(state.TryGetValue("duration"));
    }

    internal SaltFailedState(SaltFailedState other, Func<object?, object?> convert)
    {
        (Id, Function, Name) = (other.Id, other.Function, other.Name);
        (Comment, Changes, Duration) = (convert(other.Comment), convert(other.Changes), convert(other.Duration));
    }

    /// <summary>The id that the state has in its SLS file.</summary>
    public string Id { get; }

    /// <summary>The state's function, such as pkg.installed; null if its key does not contain it.</summary>
    public string? Function { get; }

    /// <summary>The name that the state works on; null if it has none.</summary>
    public string? Name { get; }

    /// <summary>What the state reports about its failure: one text or several.</summary>
    public object? Comment { get; }

    /// <summary>What it has changed.</summary>
    public object? Changes { get; }

    /// <summary>How long it took, in milliseconds; null if it does not say.</summary>
    public object? Duration { get; }

    /// <inheritdoc/>
    public override string ToString() => TerminalText.OneLine(Id);
}
