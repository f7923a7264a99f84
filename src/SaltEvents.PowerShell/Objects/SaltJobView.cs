using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using SaltEvents.Objects;
using SaltEvents.Payload;

namespace SaltEvents;

/// <summary>What the table of SaltEvents.Format.ps1xml shows of a job.</summary>
public static class SaltJobView
{
    /// <summary>The outcome and the target in one line: first what went wrong, because the line is cut at its end.</summary>
    public static string GetSummary(SaltJob job)
    {
        var parts = new List<string> { job.Error ?? string.Empty };
        parts.Add(job.Failed.Length > 0 ? $"failed=[{string.Join(",", job.Failed)}]" : string.Empty);
        parts.Add(job.Missing.Length > 0 ? $"missing=[{string.Join(",", job.Missing)}]" : string.Empty);
        parts.Add(
            job.FailedStates.Length > 0 ? $"states=[{string.Join(",", job.FailedStates.Select(s => s.Id).Distinct())}]" : string.Empty
        );
        parts.Add(job.Target is null ? string.Empty : EventSummary.Line(job.Target));
        return EventSummary.Line(string.Join(" ", parts.Where(p => p.Length > 0)));
    }

    /// <summary>How far it is; a failure in colour.</summary>
    public static string GetState(SaltJob job) =>
        job.State is SaltJobState.Failed or SaltJobState.TimedOut ? TerminalStyle.Failure(job.State.ToString()) : job.State.ToString();

    /// <summary>How many have answered, of how many.</summary>
    public static string GetReturned(SaltJob job) =>
        job.Expected.Length > 0 ? $"{job.Returned.Length}/{job.Returned.Union(job.Expected).Count()}"
        : job.Returned.Length > 0 ? job.Returned.Length.ToString(CultureInfo.InvariantCulture)
        : string.Empty;

    /// <summary>The function.</summary>
    public static string GetFunction(SaltJob job) => job.Function is null ? string.Empty : EventSummary.Line(job.Function);
}
