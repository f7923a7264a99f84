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

    /// <summary>A text that names no job.</summary>
    public static ErrorRecord NoJobId(string text) =>
        ErrorRecords.Create(
            "JobIdInvalid",
            ErrorCategory.InvalidArgument,
            $"'{text}' has no job id in it. A job id has 20 digits, such as 20261127154838559621.",
            text
        );
}
