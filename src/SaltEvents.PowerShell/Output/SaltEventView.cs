using System;
using System.Management.Automation;
using SaltEvents.Input;
using SaltEvents.Output;

namespace SaltEvents;

/// <summary>The columns of the table for an event that came from a remote session as properties and bytes. Named in SaltEvents.Types.ps1xml.</summary>
public static class SaltEventView
{
    /// <summary>The time of firing on this computer's clock.</summary>
    public static string GetTime(PSObject deserialized) => Of(deserialized, e => e.GetLocalTime());

    /// <summary>The tag, cut where it is long.</summary>
    public static string GetTag(PSObject deserialized) => Of(deserialized, e => EventSummary.ShortTag(e.Tag));

    /// <summary>What is in the event, in one line; secrets are left out.</summary>
    public static string GetContent(PSObject deserialized) => Of(deserialized, e => e.GetSummary());

    private static string Of(PSObject deserialized, Func<SaltEvent, string> get) =>
        deserialized is not null && EventInput.FromProperties(deserialized) is { } saltEvent ? get(saltEvent) : string.Empty;
}
