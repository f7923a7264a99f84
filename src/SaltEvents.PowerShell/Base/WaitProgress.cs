using System;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Core.Compat;
using SaltEvents.Execution;

namespace SaltEvents.Base;

/// <summary>
/// A progress bar with a countdown, updated at most four times a second and removed at the end, also if the pipeline or an exception ends
/// the command: PowerShell would leave it on the screen while the script continues.
/// </summary>
internal sealed class WaitProgress(Cmdlet command, string activity, Deadline deadline) : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);
    private readonly ProgressRecord record = new(0, Narrow(activity), " ");
    private Deadline next = Deadline.After(TimeSpan.Zero);
    private bool isShown;

    /// <summary>When it is time to show it again.</summary>
    public Deadline Next => next;

    /// <summary>Shows the progress, if it is time to.</summary>
    /// <param name="status">The progress in words; called only when it is shown.</param>
    /// <param name="done">How much is done.</param>
    /// <param name="total">The total; 0 if it is not known.</param>
    public void Show(Func<string> status, long done, long total)
    {
        if (!next.HasPassed)
        {
            return;
        }

        next = Deadline.After(Step);
        isShown = true;
        record.StatusDescription = status() is { Length: > 0 } text ? Narrow(text) : " ";
        record.PercentComplete = total > 0 ? (int)Math.Min(100, done * 100 / total) : -1;
        record.SecondsRemaining = deadline.IsNever ? -1 : (int)Math.Min(int.MaxValue, Math.Ceiling(deadline.Remaining.TotalSeconds));
        command.WriteProgress(record);
    }

    // PowerShell up to 7.6 counts a wide glyph of a bar as one column, and text that is too long stays on the screen.
    private static string Narrow(string text) =>
        string.Concat(DisplayText.OneLine(text).Select(c => DisplayText.IsWide(c) ? ".." : c.ToString()));

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            End();
        }
        catch (PipelineStoppedException)
        {
            // Ctrl+C, which takes all bars away.
        }
    }

    /// <summary>Takes it away.</summary>
    public void End()
    {
        if (isShown)
        {
            isShown = false;
            record.RecordType = ProgressRecordType.Completed;
            command.WriteProgress(record);
        }
    }
}
