using System.Threading;

namespace SaltEvents.Core.Events;

/// <summary>Keeps the first tag that took a filter too long to compare, until it is reported. Safe for several threads.</summary>
internal sealed class MatchOverrun
{
    private readonly CancellationTokenSource occurred = new();
    private string? message;
    private int isReported;

    /// <summary>Whether the filter excludes: a tag that it could not compare keeps its event.</summary>
    public bool IsOfExclusion { get; init; }

    /// <summary>Whether any tag took too long.</summary>
    public bool HasOccurred => Volatile.Read(ref message) is not null;

    /// <summary>Signals that there is something to report; never again once it was reported.</summary>
    public CancellationToken Unreported => Volatile.Read(ref isReported) == 0 ? occurred.Token : CancellationToken.None;

    /// <summary>Keeps it, if it is the first.</summary>
    public void Add(string pattern, string tag)
    {
        var shown = tag.Length > 60 ? $"{tag.Substring(0, 60)}... ({tag.Length} characters)" : tag;
        var effect = IsOfExclusion ? "are not excluded" : "do not match";
        var text = $"It took too long to compare the tag {shown} with the pattern {pattern}: such events {effect}. Use a simpler pattern.";
        if (Interlocked.CompareExchange(ref message, text, null) is null)
        {
            occurred.Cancel();
        }
    }

    /// <summary>What to report, once; else null.</summary>
    public string? Take() => Volatile.Read(ref message) is { } text && Interlocked.Exchange(ref isReported, 1) == 0 ? text : null;
}
