using System;
using System.Collections.Generic;
using System.Linq;
using SaltEvents.Core.Jobs;
using CoreEvent = SaltEvents.Core.Events.SaltEvent;

namespace SaltEvents.Objects;

/// <summary>The jobs that events are about. The last finished ones are kept for late answers.</summary>
internal sealed class JobTable
{
    private const int MaxDone = 1000;
    // Two masters may give the same id to two jobs. A job that is asked for by its id is of any site.
    private readonly Dictionary<(string? Site, string JobId), SaltJob> jobs = [];
    private readonly Queue<(string? Site, string JobId)> done = new();
    private bool hasSites;

    /// <summary>The job of that id, which may not have been seen yet.</summary>
    public SaltJob Find(string jobId) =>
        (hasSites ? jobs.Values.FirstOrDefault(j => j.JobId == jobId) : null) ?? FindLocal(jobId);

    /// <summary>Adds an event to its job; null if it belongs to no job.</summary>
    public (SaltJob Job, JobEventKind Kind)? Take(CoreEvent saltEvent)
    {
        if (JobTag.Parse(saltEvent.Tag) is not { } tag)
        {
            return null;
        }

        var job = saltEvent.Site is { } site ? FindOf(site, tag.JobId) : FindLocal(tag.JobId);
        job.Take(new SaltEvent(saltEvent), tag);
        return (job, tag.Kind);
    }

    /// <summary>The job is not waited for any longer.</summary>
    public void Finish(SaltJob job)
    {
        job.IsFinished = true;
        done.Enqueue((job.Site, job.JobId));
        if (done.Count > MaxDone)
        {
            jobs.Remove(done.Dequeue());
        }
    }

    /// <summary>The job was never waited for: nothing of it is kept.</summary>
    public void Forget(SaltJob job) => jobs.Remove((job.Site, job.JobId));

    private SaltJob FindLocal(string jobId)
    {
        if (!jobs.TryGetValue((null, jobId), out var job))
        {
            jobs.Add((null, jobId), job = new SaltJob(jobId));
        }

        return job;
    }

    private SaltJob FindOf(string site, string jobId)
    {
        if (!jobs.TryGetValue((site, jobId), out var job))
        {
            if (jobs.TryGetValue((null, jobId), out job) && job.Site is null)
            {
                jobs.Remove((null, jobId));
                job.Site = site; // it was asked for
            }
            else
            {
                job = new SaltJob(jobId) { Site = site };
            }

            jobs.Add((site, jobId), job);
            hasSites = true;
        }

        return job;
    }
}
