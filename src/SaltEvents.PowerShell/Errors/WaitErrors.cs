using System.Management.Automation;

namespace SaltEvents.Errors;

/// <summary>The errors of commands that waited in vain.</summary>
internal static class WaitErrors
{
    /// <summary>Events that have not come.</summary>
    public static ErrorRecord EventTimeout(string message, string[] missing) =>
        ErrorRecords.Create("SaltEventTimeout", ErrorCategory.OperationTimeout, message, missing);

    /// <summary>A job that has not ended.</summary>
    public static ErrorRecord JobTimeout(string message, object? job) =>
        ErrorRecords.Create("SaltJobTimeout", ErrorCategory.OperationTimeout, message, job);

    /// <summary>A script block that started no job, since no minion matches its target.</summary>
    public static ErrorRecord NothingPublished(string output) =>
        ErrorRecords.Create("NoMinionMatches", ErrorCategory.ObjectNotFound, $"The block of -Trigger started no job. It wrote: {output}");

    /// <summary>No job of a script block was seen in time.</summary>
    public static ErrorRecord NoJobSeen(string seconds, string output) =>
        JobTimeout(
            $"No job was published within {seconds} s of the start of the -Trigger block."
                + (output.Length > 0 ? $" The block wrote: {output}" : string.Empty),
            null
        );

    /// <summary>A text that names no job.</summary>
    public static ErrorRecord NoJobId(string text) =>
        ErrorRecords.Create(
            "JobIdInvalid",
            ErrorCategory.InvalidArgument,
            $"'{text}' contains no job id. A job id has 20 digits, such as 20261127154838559621.",
            text
        );
}
