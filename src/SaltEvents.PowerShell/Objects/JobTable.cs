using System;
using System.Collections.Generic;
using SaltEvents.Core.Jobs;
using CoreEvent = SaltEvents.Core.Events.SaltEvent;

namespace SaltEvents.Objects;

/// <summary>The jobs that events are about. The last finished ones are kept for late answers.</summary>
internal sealed class JobTable
{
    private const int MaxDone = 1000;
    private readonly Dictionary<string, SaltJob> jobs = new(StringComparer.Ordinal);
    private readonly Queue<string> done = new();

    /// <summary>The job of that id, which may not have been seen yet.</summary>
    public SaltJob Find(string jobId)
    {
        if (!jobs.TryGetValue(jobId, out var job))
        {
            jobs.Add(jobId, job = new SaltJob(jobId));
        }

        return job;
    }

    /// <summary>Adds an event to its job; null if it is of no job.</summary>
    public (SaltJob Job, JobEventKind Kind)? Take(CoreEvent saltEvent)
    {
        if (JobTag.Parse(saltEvent.Tag) is not { } tag)
        {
            return null;
        }

        var job = Find(tag.JobId);
        job.Take(new SaltEvent(saltEvent), tag);
        return (job, tag.Kind);
    }

    /// <summary>The job is not waited for any longer.</summary>
    public void Finish(SaltJob job)
    {
        job.IsFinished = true;
        done.Enqueue(job.JobId);
        if (done.Count > MaxDone)
        {
            jobs.Remove(done.Dequeue());
        }
    }
}
