using System;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace SaltEvents.Payload;

/// <summary>
/// The colours of the views, from $PSStyle: failures as errors are, secrets dim. None in Windows PowerShell, which has no $PSStyle
/// and counts colours as characters; none if the host shows none or its output is redirected, with NO_COLOR, and with
/// $PSStyle.OutputRendering PlainText. PowerShell takes them away from what goes to Out-String or Out-File. They are put around
/// text that cannot control the terminal any more.
/// </summary>
internal static class TerminalStyle
{
    private static readonly object? Style = typeof(PSObject)
        .Assembly.GetType("System.Management.Automation.PSStyle")
        ?.GetProperty("Instance")
        ?.GetValue(null);
    private static readonly ConditionalWeakTable<Runspace, object> Shown = new();

    /// <summary>The host of that runspace shows colours, and its output is not redirected. Called when the module is imported.</summary>
    public static void EnableFor(Runspace runspace) => Shown.GetValue(runspace, _ => new object());

    /// <summary>A text about a failure.</summary>
    public static string Failure(string text) => IsOn && text.Length > 0 ? Get("Formatting.Error") + text + Reset : text;

    /// <summary>A text in which secrets are hidden, about a failure or not.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isFailure">Asked only if there are colours.</param>
    public static string Content(string text, Func<bool> isFailure)
    {
        if (!IsOn)
        {
            return text;
        }

        var color = isFailure() ? Get("Formatting.Error") : string.Empty;
        var shown = text.Replace(PayloadText.Hidden, Dim + PayloadText.Hidden + Reset + color);
        return color.Length > 0 ? color + shown + Reset : shown;
    }

    private static bool IsOn => Style is not null
        && Runspace.DefaultRunspace is { } runspace && Shown.TryGetValue(runspace, out _)
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Get("OutputRendering") != "PlainText";

    private static string Reset => Get("Reset");

    // Of 7.2 and 7.3 there is no Dim.
    private static string Dim => Get("Dim") is { Length: > 0 } dim ? dim : Get("Foreground.BrightBlack");

    private static string Get(string path)
    {
        var value = Style;
        foreach (var name in path.Split('.'))
        {
            value = value?.GetType().GetProperty(name, BindingFlags.Public | BindingFlags.Instance)?.GetValue(value);
        }

        return value?.ToString() ?? string.Empty;
    }
}
