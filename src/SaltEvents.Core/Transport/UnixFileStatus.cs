using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace SaltEvents.Core.Transport;

/// <summary>
/// Owner, mode and kind of a file, asked of the system's own <c>stat</c> command: .NET does not tell the owner.
/// Used only where an error is explained or a listener is opened.
/// </summary>
internal sealed record UnixFileStatus(string Owner, string Group, string Mode, string Kind)
{
    private const int AnswerMilliseconds = 2000;

    /// <summary>True where the file is a socket (GNU stat says "socket", BSD stat "Socket").</summary>
    public bool IsSocket => Kind.Equals("socket", StringComparison.OrdinalIgnoreCase);

    /// <summary>The file's status, or null where it is not there, may not be seen or <c>stat</c> is missing.</summary>
    public static UnixFileStatus? Of(string path)
    {
        // On macOS and the BSDs stat takes other letters; GNU and busybox share theirs.
        var gnu = Run("stat", "-L -c %U|%G|%a|%F", path);
        var fields = (gnu ?? Run("stat", "-L -f %Su|%Sg|%Lp|%HT", path))?.Trim().Split('|');
        return fields is { Length: 4 } ? new UnixFileStatus(fields[0], fields[1], fields[2].PadLeft(4, '0'), fields[3]) : null;
    }

    /// <summary>Names the first file or directory on the way to the socket that this account may not use, and the account that may.</summary>
    public static string ExplainDenied(string path)
    {
        var me = Environment.UserName;
        var step = FirstDenied(path);
        var status = Of(step);
        var what = step == path ? "socket" : "directory";
        return status is null
            ? $"{me} may not use the event bus at {path}. Run as the account that Salt runs as (see the user setting in Salt's configuration), or as root."
            : $"{me} may not use the event bus at {path}: the {what} {step} belongs to {status.Owner}:{status.Group}, mode {status.Mode}. Run as {status.Owner}, for example: sudo -u {status.Owner} pwsh";
    }

    /// <summary>Each directory on the way to a file, from the root, and the file; a null status for what is not there or may not be seen.</summary>
    public static IEnumerable<(string Path, UnixFileStatus? Status)> StepsTo(string path)
    {
        var steps = new Stack<string>();
        for (var step = Path.GetFullPath(path); step is not null; step = Path.GetDirectoryName(step))
        {
            steps.Push(step);
        }

        foreach (var step in steps)
        {
            yield return (step, Of(step));
        }
    }

    // What lies behind a directory that may not be searched cannot be seen: the last step that can be seen is the one that refuses.
    private static string FirstDenied(string path) => StepsTo(path).TakeWhile(s => s.Status is not null).Select(s => s.Path).LastOrDefault() ?? path;

    // Backslashes count only before a quote, and before the closing one.
    private static string Quoted(string path) =>
        "\"" + Regex.Replace(Regex.Replace(path, "(\\\\*)\"", "$1$1\\\""), "(\\\\+)$", "$1$1") + "\"";

    private static string? Run(string command, string arguments, string path)
    {
        var start = new ProcessStartInfo(command, arguments + " -- " + Quoted(path))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["LC_ALL"] = "C"; // stat translates the kinds of files
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEnd();
            return process.WaitForExit(AnswerMilliseconds) && process.ExitCode == 0 ? output : null;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return null;
        }
    }
}
