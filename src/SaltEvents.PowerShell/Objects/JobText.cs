using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Jobs;

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

    /// <summary>Why a job has not ended.</summary>
    public static string DescribeTimeout(SaltJob job, string seconds)
    {
        var name = $"The job {Name(job)}";
        if (job.StartTime is null)
        {
            return $"{name} has no events within {seconds} s. It may have ended before this command listened, or belong to another master.";
        }

        return !job.AreMinionsKnown && job.Unanswered.Length == 0
            ? $"{name} was not seen to end within {seconds} s. Its start was not seen, so it is not known which minions should answer; {job.Returned.Length} have."
            : $"{name} has not ended within {seconds} s: {DescribeUnanswered(job)}";
    }

    /// <summary>The minions that have not answered.</summary>
    public static string DescribeUnanswered(SaltJob job)
    {
        var missing = job.Unanswered;
        var all = job.Returned.Union(missing).Count();
        return $"{missing.Length} of {all} {(all == 1 ? "minion" : "minions")} {(missing.Length == 1 ? "has" : "have")} not answered: {string.Join(", ", missing)}.";
    }

    /// <summary>The id of a job, and its function if that is known.</summary>
    public static string Name(SaltJob job) => job.Function is null ? job.JobId : $"{job.JobId} ({SaltJobView.GetFunction(PSObject.AsPSObject(job))})";
}
