using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Jobs;
using SaltEvents.Errors;

namespace SaltEvents.Objects;

/// <summary>Describes jobs, and finds job ids in text.</summary>
internal static class JobText
{
    /// <summary>The function that Salt's own programs use to check a job that they wait for; each check is a job too.</summary>
    public const string JobOfClients = "saltutil.find_job";

    private static readonly string[] Names = ["JobId", "jid"];

    /// <summary>The job that a script wrote: an object that has the id, or a text that contains it; null if there is none.</summary>
    public static string? FindJobId(PSObject? written)
    {
        if (written is null)
        {
            return null;
        }

        var named = Names
            .Select(name => written.Properties[name]?.Value?.ToString())
            .FirstOrDefault(id => id is not null && JobTag.IsJobId(id));
        return named ?? (written.BaseObject is string text ? JobTag.FindJobId(text) : null);
    }

    /// <summary>
    /// Whether Salt's own commands said that they have published nothing: "No minions matched the target. No command was sent, no
    /// jid was assigned." (salt/client/__init__.py, in all versions).
    /// </summary>
    public static bool ReportsNoJob(string text) => text.IndexOf("no jid was assigned", StringComparison.Ordinal) >= 0;

    /// <inheritdoc cref="ReportsNoJob(string)"/>
    public static bool ReportsNoJob(PSObject? written) => written?.BaseObject is string text && ReportsNoJob(text);

    /// <summary>Whether it is the line that they write after it: "Executed command with job ID: 0" (salt/cli/salt.py, 3006.16).</summary>
    public static bool NamesNoJob(string text) => text.TrimEnd().EndsWith("job ID: 0", StringComparison.Ordinal);

    /// <summary>What a script block wrote, in a line.</summary>
    public static string Line(IEnumerable<PSObject> written) => EventSummary.Line(string.Join(" ", written));

    /// <summary>The progress of a job.</summary>
    public static string Describe(SaltJob job)
    {
        var name = $"{job.JobId} {SaltJobView.GetFunction(PSObject.AsPSObject(job))}".Trim();
        var expected = job.Expected.Length;
        var returned = expected > 0 ? $"{job.Returned.Length} of {expected} returned" : $"{job.Returned.Length} returned";
        var states = job.Progress is { } progress ? $", {progress.Done} of {Counted.Of(progress.Total, "state")}" : string.Empty;
        return $"{name}: {returned}{states}";
    }

    /// <summary>Why a job has not ended, and what to do.</summary>
    public static (string Fact, string Remedy) DescribeTimeout(SaltJob job, Waited waited)
    {
        var name = $"The job {Name(job)}";
        var lookUp = $"salt-run jobs.lookup_jid {job.JobId}";
        if (job.StartTime is null)
        {
            return (
                $"{name} had no event {waited.When}.",
                $"If it ended before this command listened, {waited.Earlier ?? $"its answers are shown by {lookUp}"}; otherwise check that it belongs to the master of this bus."
            );
        }

        if (job.Unanswered is { Length: > 0 } unanswered)
        {
            return ($"{name} has not ended {waited.When}: {DescribeUnanswered(job)}", WaitErrors.CheckMinions(unanswered.Length, waited, job.JobId));
        }

        var wait = waited.Longer is { } longer ? $"{char.ToUpperInvariant(longer[0])}{longer.Substring(1)}, or see" : "See";
        return job.IsOfMaster ? ($"{name} has not ended {waited.When}.", $"{wait} its result later with {lookUp}")
            : job.AreMinionsKnown ? ($"{name} has not ended {waited.When}: no minion that should answer has been named.", $"{wait} its answers later with {lookUp}")
            : (
                $"{name} was not seen to end {waited.When}: its start was not seen, so it is not known which minions should answer; {job.Returned.Length} {(job.Returned.Length == 1 ? "has" : "have")}.",
                $"Listen before the job starts, as Wait-SaltJob -Trigger does, or see its answers with {lookUp}"
            );
    }

    /// <summary>The minions that have not answered.</summary>
    public static string DescribeUnanswered(SaltJob job)
    {
        var missing = job.Unanswered;
        var all = job.Returned.Union(missing).Count();
        return $"{missing.Length} of {all} {(all == 1 ? "minion" : "minions")} {(missing.Length == 1 ? "has" : "have")} not answered: {Counted.List(missing)}.";
    }

    /// <summary>The id of a job, and its function if that is known.</summary>
    public static string Name(SaltJob job) => job.Function is null ? job.JobId : $"{job.JobId} ({SaltJobView.GetFunction(PSObject.AsPSObject(job))})";
}
