using System.Collections.Generic;
using System.Management.Automation;
using SaltEvents.Errors;

namespace SaltEvents.Objects;

/// <summary>The errors of a job that no command waits for any longer. What minions answered is no error of the command.</summary>
internal static class JobProblems
{
    /// <summary>The errors; none if every minion has answered.</summary>
    /// <param name="job">The job.</param>
    /// <param name="waited">How long it was waited for.</param>
    public static IEnumerable<ErrorRecord> Find(SaltJob job, Waited waited)
    {
        if (!job.HasEnded)
        {
            var (fact, remedy) = JobText.DescribeTimeout(job, waited);
            yield return WaitErrors.JobTimeout(fact, remedy, job);
        }
        else if (job.Error is not null)
        {
            yield return WaitErrors.JobRefused(JobText.Name(job), job.Error, job);
        }
        else if (job.Unanswered.Length > 0)
        {
            yield return WaitErrors.JobTimeout(
                $"The job {JobText.Name(job)} has ended: {JobText.DescribeUnanswered(job)}",
                WaitErrors.CheckMinions(job.Unanswered.Length, Waited.Before("its end"), job.JobId),
                job
            );
        }

        if (job.Unknown is { Length: > 0 } unknown)
        {
            yield return WaitErrors.MinionNotFound(JobText.Name(job), unknown, job);
        }
    }
}
