using System;
using System.Collections.Generic;
using System.Management.Automation;
using SaltEvents.Core.Api;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Master;
using SaltEvents.Core.Nats;
using SaltEvents.Core.Recording;
using SaltEvents.Core.Transport;

namespace SaltEvents.Errors;

/// <summary>
/// The one place where errors become ErrorRecords, each with a fixed id and category. They are listed in
/// about_SaltEventTroubleshooting.
/// </summary>
internal static class ErrorRecords
{
    private static readonly Dictionary<InvalidEventReason, (string Id, ErrorCategory Category)> InvalidEvents = new()
    {
        [InvalidEventReason.EmptyTag] = ("EmptyTag", ErrorCategory.InvalidArgument),
        [InvalidEventReason.TagHasBlankLine] = ("TagHasBlankLine", ErrorCategory.InvalidArgument),
        [InvalidEventReason.TagDoesNotFit] = ("TagDoesNotFit", ErrorCategory.InvalidArgument),
        [InvalidEventReason.PayloadIsNoMap] = ("PayloadIsNoMap", ErrorCategory.InvalidData),
        [InvalidEventReason.UnsupportedValue] = ("UnsupportedValue", ErrorCategory.InvalidType),
        [InvalidEventReason.TooLarge] = ("PayloadTooLarge", ErrorCategory.LimitsExceeded),
        [InvalidEventReason.TooDeep] = ("PayloadTooDeep", ErrorCategory.InvalidData),
        [InvalidEventReason.Secret] = ("SecretInPayload", ErrorCategory.SecurityError),
        [InvalidEventReason.Masked] = ("MaskedValue", ErrorCategory.SecurityError),
    };

    /// <summary>The record of an error; with a hint in addition, if there is more to say of it in this command.</summary>
    public static ErrorRecord From(Exception error, object? target, string furtherHint = "")
    {
        var (id, category, hint) = Describe(error);
        hint = (hint + " " + furtherHint.Trim()).Trim();
        return Build(error, id, category, (error.Message + " " + hint).Trim(), target ?? (error as BusException)?.Address?.ToString());
    }

    /// <summary>The record of an error about an event, in a command that would not have sent it.</summary>
    public static ErrorRecord FromUnsent(InvalidEventException error, object? target) =>
        Build(error, InvalidEvents[error.Reason].Id, InvalidEvents[error.Reason].Category, error.Message, target);

    /// <summary>An error of the command's own, about its parameters or its objects.</summary>
    public static ErrorRecord Create(string id, ErrorCategory category, string message, object? target = null) =>
        Build(new InvalidOperationException(DisplayText.OneLine(message)), id, category, message, target);

    /// <summary>An error of .NET, with a text of the command's own if one is given.</summary>
    public static ErrorRecord Create(string id, ErrorCategory category, Exception error, object? target, string? message = null) =>
        Build(error, id, category, message ?? error.Message, target);

    /// <summary>A substitute for a session or a bus was given instead of a live one.</summary>
    public static ErrorRecord NotLive(bool isSession) =>
        Create(
            "NotLive",
            ErrorCategory.InvalidArgument,
            isSession
                ? "This is not a live session but a substitute for one, such as a mock or an object from a file. Open a session with New-SaltEventSession, or mock this command too."
                : "This is not a live bus but a substitute for one, such as a mock or an object from a file. Start a bus with Start-SaltEventBus or find one with Get-SaltEventBus -Found, or mock this command too."
        );

    /// <summary>What came through the pipeline where a session or a bus is expected.</summary>
    public static ErrorRecord NotASessionOrBus(string command, object? given) =>
        Create(
            "NotASessionOrBus",
            ErrorCategory.InvalidArgument,
            $"{GivenText.Describe(given)} came through the pipeline, but {command} takes only sessions and buses from there. Pipe what New-SaltEventSession, Start-SaltEventBus or Get-SaltEventBus returns, and give anything else with the name of its parameter.",
            GivenText.IsAddress(given) ? null : given
        );

    /// <summary>An object in the place of an event, the text of it that may be shown, and what else the command takes.</summary>
    public static ErrorRecord NotAnEvent(string shown, object? given, string others = "") =>
        Create(
            "NotAnEvent",
            ErrorCategory.InvalidData,
            $"\"{shown}\" is not an event. Give events from a bus, from New-SaltEvent or from Import-SaltEvent{others}.",
            given
        );

    /// <summary>A -Tag that is not a pattern.</summary>
    public static ErrorRecord InvalidPattern(ArgumentException error, string[] tags, SaltTagMatch match) =>
        Build(
            error,
            "InvalidTagPattern",
            ErrorCategory.InvalidArgument,
            $"-Tag is not a valid pattern for -MatchType {match}: {error.Clause()}.",
            tags
        );

    /// <summary>A name that another subscription has.</summary>
    public static ErrorRecord SubscriberExists(string name) =>
        Create(
            "SubscriberExists",
            ErrorCategory.ResourceExists,
            $"A subscription with the SourceIdentifier {name} already exists. Use another name, or end that one with Unregister-Event {name}",
            name
        );

    /// <summary>Parameters that do not go together.</summary>
    public static ErrorRecord ParametersDisagree(string message) => Create("ParametersDisagree", ErrorCategory.InvalidArgument, message);

    /// <summary>A fire_master event for a minion that would keep it on its bus.</summary>
    public static ErrorRecord MinionDoesNotForward() =>
        ParametersDisagree(
            "A minion of Salt before 2014.1 does not forward events from its bus to its master, so the event would not arrive. Fire it on the minion's own bus with Send-SaltEvent, or on the master's bus on the master's host."
        );

    // What names are of others must not control the terminal: neither the text nor the target, which Windows PowerShell shows.
    private static ErrorRecord Build(Exception error, string id, ErrorCategory category, string message, object? target)
    {
        var text = DisplayText.OneLine(message);
        if (category == ErrorCategory.OperationTimeout)
        {
            error = new TimeoutException(text, error); // what scripts catch
        }

        var record = new ErrorRecord(error, id, category, target);
        if (text != error.Message)
        {
            record.ErrorDetails = new ErrorDetails(text);
        }

        // The text of an object that has only properties is their values, and a secret may be among them.
        record.CategoryInfo.TargetName = target is PSObject { BaseObject: PSCustomObject }
            ? nameof(PSCustomObject)
            : DisplayText.OneLine(record.CategoryInfo.TargetName);
        return record;
    }

    /// <summary>A directory of sockets was named where Salt has none.</summary>
    public static ErrorRecord UnixSocketsNotSupported(string message, object? target) =>
        Create("UnixSocketsNotSupported", ErrorCategory.NotInstalled, message, target);

    private static (string Id, ErrorCategory Category, string Hint) Describe(Exception error) =>
        error switch
        {
            BusException { Reason: BusReason.NotFound } => (
                "BusNotFound",
                ErrorCategory.ObjectNotFound,
                $"Start Salt, name its bus with {PlatformText.Current.ParametersForBus}, or start a bus for tests with Start-SaltEventBus. Test-SaltEventBus shows what is wrong, step by step."
            ),
            BusException { Reason: BusReason.AccessDenied } => ("BusAccessDenied", ErrorCategory.PermissionDenied, string.Empty),
            BusException { Reason: BusReason.ConnectionLost } => ("BusConnectionLost", ErrorCategory.ConnectionError, string.Empty),
            BusException { Reason: BusReason.InUse } => ("BusInUse", ErrorCategory.ResourceExists, string.Empty),
            BusException { Reason: BusReason.TagFormUnknown } => ("TagFormUnknown", ErrorCategory.InvalidArgument, string.Empty),
            BusException { Reason: BusReason.DeliveryUnknown } => ("DeliveryUnknown", ErrorCategory.ConnectionError, string.Empty),
            BusSelectionException { Reason: BusSelectionReason.Ambiguous } => ("BusAmbiguous", ErrorCategory.InvalidArgument, string.Empty),
            BusSelectionException => ("WrongNode", ErrorCategory.InvalidArgument, string.Empty),
            SaltConfigurationException { Reason: SaltConfigurationReason.Denied } => (
                "ConfigurationDenied",
                ErrorCategory.PermissionDenied,
                string.Empty
            ),
            SaltConfigurationException { Reason: SaltConfigurationReason.NotFound } => (
                "ConfigurationNotFound",
                ErrorCategory.ObjectNotFound,
                string.Empty
            ),
            SaltConfigurationException => (
                "ConfigurationInvalid",
                ErrorCategory.InvalidData,
                $"Correct it there, or name the bus itself with {PlatformText.Current.ParametersForAddress}."
            ),
            SaltApiException api => ApiErrors.Describe(api.Reason),
            NatsBusException nats => NatsBusErrors.Describe(nats.Reason),
            MasterRequestException request => MasterErrors.Describe(request.Reason),
            FrameFormatException { IsZeroMq: true } => ("NotASaltBus", ErrorCategory.InvalidData, "Give -Transport ZeroMq."),
            FrameFormatException => ("NotASaltBus", ErrorCategory.InvalidData, "Check that this is a socket of a Salt event bus."),
            RecordingFormatException => ("InvalidRecording", ErrorCategory.InvalidData, string.Empty),
            InvalidEventException invalid => (
                InvalidEvents[invalid.Reason].Id,
                InvalidEvents[invalid.Reason].Category,
                "Nothing was sent."
            ),
            PlatformNotSupportedException => ("UnixSocketsNotSupported", ErrorCategory.NotInstalled, string.Empty),
            _ => ("SaltEventsInternalError", ErrorCategory.NotSpecified, string.Empty),
        };
}
