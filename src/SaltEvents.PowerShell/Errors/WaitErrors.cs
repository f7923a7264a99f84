using System.Collections.Generic;
using System.Management.Automation;
using SaltEvents.Core.Compat;

namespace SaltEvents.Errors;

/// <summary>The errors of commands that waited in vain: what has not happened, and what to do.</summary>
internal static class WaitErrors
{
    /// <summary>Events that have not come.</summary>
    public static ErrorRecord EventTimeout(string fact, string remedy, string[] missing) =>
        ErrorRecords.Create("SaltEventTimeout", ErrorCategory.OperationTimeout, $"{fact} {remedy}", missing);

    /// <summary>A job that has not ended.</summary>
    public static ErrorRecord JobTimeout(string fact, string remedy, object? job) =>
        ErrorRecords.Create("SaltJobTimeout", ErrorCategory.OperationTimeout, $"{fact} {remedy}", job);

    /// <summary>What to do if minions have not answered a job.</summary>
    public static string CheckMinions(int count, Waited waited, string jobId) =>
        $"Check that {(count == 1 ? "it runs" : "they run")}{(waited.Longer is { } longer ? $", or {longer}" : string.Empty)}; later answers are shown by: salt-run jobs.lookup_jid {jobId}";

    /// <summary>What is said when a command is stopped while it waits for jobs: they go on.</summary>
    public static string? StoppedWaiting(IReadOnlyList<string> jobIds, string more = "") =>
        jobIds.Count switch
        {
            0 => null,
            1 => $"Stopped waiting for the job {jobIds[0]}{more}. It goes on without this command; its answers are shown by: salt-run jobs.lookup_jid {jobIds[0]}",
            _ => $"Stopped waiting for {jobIds.Count} jobs: {Counted.List(jobIds)}{more}. They go on without this command; the answers of each are shown by salt-run jobs.lookup_jid with its id.",
        };

    /// <summary>A job that the master has refused.</summary>
    public static ErrorRecord JobRefused(string job, string reason, object target) =>
        ErrorRecords.Create(
            "JobRefused",
            ErrorCategory.PermissionDenied,
            $"The master has refused the job {job}: {reason.TrimEnd('.')}. Check that publisher_acl or external_auth in its configuration allows it to the user.",
            target
        );

    /// <summary>Minions of a list that the master does not know.</summary>
    public static ErrorRecord MinionNotFound(string job, IReadOnlyList<string> minions, object target) =>
        ErrorRecords.Create(
            "MinionNotFound",
            ErrorCategory.ObjectNotFound,
            minions.Count == 1
                ? $"The master does not know a minion of the job {job}: {minions[0]}. Check its id, and that its key is accepted (salt-key -L)."
                : $"The master does not know {minions.Count} minions of the job {job}: {Counted.List(minions)}. Check their ids, and that their keys are accepted (salt-key -L).",
            target
        );

    /// <summary>A script block, or the command to the left, that started no job, since no minion matches its target.</summary>
    /// <param name="starter">What should have started one.</param>
    /// <param name="output">What it wrote.</param>
    public static ErrorRecord NothingPublished(string starter, string output) =>
        ErrorRecords.Create(
            "NoMinionMatches",
            ErrorCategory.ObjectNotFound,
            $"{starter} started no job, because no minion matches its target. Check the target, and that the keys of its minions are accepted (salt-key -L). It wrote: {output}"
        );

    /// <summary>A job of a master of masters for which neither it nor a syndic has named a minion.</summary>
    public static ErrorRecord NobodyNamed(string target, string jobId) =>
        ErrorRecords.Create(
            "NoMinionMatches",
            ErrorCategory.ObjectNotFound,
            $"No minion is known to match {target}: neither the master nor a syndic has named one for the job {jobId}, and none has answered. Check the target, and that the syndics run.",
            target
        );

    /// <summary>No job of a script block was seen in time.</summary>
    public static ErrorRecord NoJobSeen(Waited waited, string output) =>
        JobTimeout(
            $"The -Trigger block was run, but no job has been published {waited.When}.",
            "Check that it starts a job on the master of this bus, such as with salt --async"
                + (waited.Longer is { } longer ? $", or {longer}" : string.Empty)
                + (output.Length > 0 ? $". It wrote: {output}" : "; it wrote nothing."),
            null
        );

    /// <summary>A text that names no job.</summary>
    public static ErrorRecord NoJobId(string text) =>
        ErrorRecords.Create(
            "JobIdInvalid",
            ErrorCategory.InvalidArgument,
            $"{(text.Trim().Length > 0 ? $"'{text}'" : "An empty text")} contains no job id. A job id has 20 digits, such as 20261127154838559621.",
            text
        );
}
