using System.Collections.Generic;
using System.Management.Automation;
using SaltEvents.Errors;

namespace SaltEvents.Objects;

/// <summary>The errors of a job that no command waits for any longer. What minions answered is no error of the command.</summary>
internal static class JobProblems
{
    /// <summary>The errors; none if every minion has answered.</summary>
    /// <param name="job">The job.</param>
    /// <param name="seconds">How long it was waited for.</param>
    public static IEnumerable<ErrorRecord> Find(SaltJob job, string seconds)
    {
        if (!job.HasEnded)
        {
            yield return WaitErrors.JobTimeout(JobText.DescribeTimeout(job, seconds), job);
        }
        else if (job.Error is not null)
        {
            yield return WaitErrors.JobRefused($"The master has refused the job {JobText.Name(job)}: {job.Error}", job);
        }
        else if (job.Unanswered.Length > 0)
        {
            yield return WaitErrors.JobTimeout($"The job {JobText.Name(job)} has ended: {JobText.DescribeUnanswered(job)}", job);
        }

        if (job.Unknown is { Length: > 0 } unknown)
        {
            yield return WaitErrors.MinionNotFound(JobText.Name(job), unknown, job);
        }
    }
}
