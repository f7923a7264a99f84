using System;
using System.Linq;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Jobs;

/// <summary>
/// The tag of an event about a job (salt/utils/event.py, tagify, 3006.16; salt/batch/... as Salt 3008.5 fires it),
/// of a copy that came through a syndic too.
/// </summary>
/// <param name="Kind">What it says.</param>
/// <param name="JobId">The job.</param>
/// <param name="MinionId">The minion that it is about; empty if it is about none.</param>
/// <param name="Syndic">The syndic whose copy it is; null for what is not a copy.</param>
internal readonly record struct JobTag(JobEventKind Kind, string JobId, string MinionId, string? Syndic)
{
    private const int JobIdDigits = 20;
    private static readonly string AnyJobId = string.Concat(Enumerable.Repeat("[0-9]", JobIdDigits)) + "*";

    /// <summary>What to subscribe to for the events of all jobs.</summary>
    public static TagFilter Filter { get; } =
        new(
            [
                "salt/job/*",
                "salt/run/*",
                "salt/wheel/*",
                "salt/batch/*",
                AnyJobId,
                "syndic/*/salt/job/*",
                "syndic/*/salt/run/*",
                "syndic/*/salt/batch/*",
                "syndic/*/" + AnyJobId,
            ],
            SaltTagMatch.Auto
        );

    /// <summary>Reads a tag; null if it is not about a job.</summary>
    public static JobTag? Parse(string tag)
    {
        var (plain, syndic) = SyndicTag.Split(tag);
        if (IsJobId(plain))
        {
            return new(JobEventKind.Minions, plain, string.Empty, syndic);
        }

        var parts = plain.Split('/');
        if (parts.Length < 4 || parts[0] != "salt" || parts[2].Length == 0)
        {
            return null;
        }

        JobEventKind? kind = (parts[1], parts[3], parts.Length) switch
        {
            ("job", "new", 4) => JobEventKind.New,
            ("job", "publish", 4) => JobEventKind.Publish,
            ("job", "error", 4) => JobEventKind.Error,
            ("job", "start", 5) => JobEventKind.Start,
            ("job", "ret", 5) => JobEventKind.Return,
            ("job", "prog", >= 5) => JobEventKind.Progress,
            ("job", "sub", >= 6) when parts[5] == "error" => JobEventKind.StateError,
            ("run" or "wheel", "new", 4) => JobEventKind.MasterNew,
            ("run" or "wheel", "ret", 4) => JobEventKind.MasterReturn,
            ("run", "args", 4) => JobEventKind.MasterStep,
            ("batch", "new" or "progress", 4) => JobEventKind.BatchProgress,
            ("batch", "complete" or "halted", 4) => JobEventKind.BatchEnd,
            _ => null,
        };
        return kind is { } found ? new JobTag(found, parts[2], parts.Length > 4 ? parts[4] : string.Empty, syndic) : null;
    }

    /// <summary>Whether the text has the form of a job id: 20 digits, and after an underscore a process id if unique_jid is set.</summary>
    public static bool IsJobId(string text)
    {
        var digits = text.TakeWhile(IsDigit).Count();
        return digits == JobIdDigits
            && (
                text.Length == JobIdDigits
                || (text[JobIdDigits] == '_' && text.Length > JobIdDigits + 1 && text.Skip(JobIdDigits + 1).All(IsDigit))
            );
    }

    /// <summary>The job id in a text, such as the line that <c>salt --async</c> prints; null if there is none.</summary>
    public static string? FindJobId(string text) =>
        text.Split([.. text.Where(c => !IsDigit(c) && c != '_').Distinct()], StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(IsJobId);

    private static bool IsDigit(char c) => c is >= '0' and <= '9';
}
