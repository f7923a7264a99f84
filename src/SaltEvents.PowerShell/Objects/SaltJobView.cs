using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Objects;
using SaltEvents.Payload;

namespace SaltEvents;

/// <summary>
/// What the views of SaltEvents.Format.ps1xml show of a job, live or as a remote session gives it. Named in SaltEvents.Types.ps1xml too.
/// </summary>
public static class SaltJobView
{
    /// <summary>The outcome and the target in one line: first what went wrong, because the line is cut at its end.</summary>
    public static string GetSummary(PSObject job)
    {
        var states = Items(job, nameof(SaltJob.FailedStates)).Select(s => TextOf(PSObject.AsPSObject(s).Properties["Id"]?.Value));
        IEnumerable<string> parts =
        [
            TextOf(Find(job, nameof(SaltJob.Error))),
            Named("failed", Texts(job, nameof(SaltJob.Failed))),
            Named("missing", Texts(job, nameof(SaltJob.Missing))),
            Named("states", states.Distinct().ToArray()),
            Find(job, nameof(SaltJob.Target)) is { } target ? EventSummary.Line(target) : string.Empty,
        ];
        return EventSummary.Line(string.Join(" ", parts.Where(p => p.Length > 0)));
    }

    /// <summary>How far it is; a failure in colour.</summary>
    public static string GetState(PSObject job) =>
        TextOf(Find(job, nameof(SaltJob.State))) is var state && state is nameof(SaltJobState.Failed) or nameof(SaltJobState.TimedOut)
            ? TerminalStyle.Failure(state)
            : state;

    /// <summary>How many have answered, of how many.</summary>
    public static string GetReturned(PSObject job)
    {
        var (expected, returned) = (Texts(job, nameof(SaltJob.Expected)), Texts(job, nameof(SaltJob.Returned)));
        return expected.Length > 0
            ? $"{TerminalText.Number(returned.Length, 5)}/{TerminalText.Number(returned.Union(expected).Count(), 5)}"
            : returned.Length > 0 ? returned.Length.ToString(CultureInfo.InvariantCulture)
            : string.Empty;
    }

    /// <summary>The function.</summary>
    public static string GetFunction(PSObject job) =>
        Find(job, nameof(SaltJob.Function)) is { } function ? EventSummary.Line(function) : string.Empty;

    private static object? Find(PSObject job, string name) => job.Properties[name]?.Value;

    private static IEnumerable<object> Items(PSObject job, string name) =>
        LanguagePrimitives.GetEnumerable(Find(job, name))?.Cast<object>() ?? [];

    private static string[] Texts(PSObject job, string name) => Items(job, name).Select(TextOf).ToArray();

    private static string Named(string name, string[] values) => values.Length > 0 ? $"{name}=[{string.Join(",", values)}]" : string.Empty;

    private static string TextOf(object? value) => value is null ? string.Empty : TerminalText.OneLine(value);
}
