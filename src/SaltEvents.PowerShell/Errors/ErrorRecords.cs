using System;
using System.Collections.Generic;
using System.Management.Automation;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Master;
using SaltEvents.Core.Transport;

namespace SaltEvents.Errors;

/// <summary>The one place where errors become ErrorRecords: a fixed id and a true category for each. Listed in about_SaltEventTroubleshooting.</summary>
internal static class ErrorRecords
{
    private static readonly Dictionary<InvalidEventReason, (string Id, ErrorCategory Category)> InvalidEvents = new()
    {
        [InvalidEventReason.EmptyTag] = ("EmptyTag", ErrorCategory.InvalidArgument),
        [InvalidEventReason.TagHasBlankLine] = ("TagHasBlankLine", ErrorCategory.InvalidArgument),
        [InvalidEventReason.TagDoesNotFit] = ("TagDoesNotFit", ErrorCategory.InvalidArgument),
        [InvalidEventReason.PayloadIsNoMap] = ("PayloadIsNoMap", ErrorCategory.InvalidData),
        [InvalidEventReason.UnsupportedValue] = ("UnsupportedValue", ErrorCategory.InvalidType),
        [InvalidEventReason.TooDeep] = ("PayloadTooDeep", ErrorCategory.InvalidData),
        [InvalidEventReason.Secret] = ("SecretInPayload", ErrorCategory.SecurityError),
    };

    /// <summary>The record of an error; with a hint in addition, where there is more to say of it in this command.</summary>
    public static ErrorRecord From(Exception error, object? target, string furtherHint = "")
    {
        var (id, category, hint) = Describe(error);
        hint = (hint + " " + furtherHint.Trim()).Trim();
        var record = new ErrorRecord(error, id, category, target);
        if (hint.Length > 0)
        {
            record.ErrorDetails = new ErrorDetails(error.Message + " " + hint);
        }

        return record;
    }

    /// <summary>An error of the command's own, about its parameters or its objects.</summary>
    public static ErrorRecord Of(string id, ErrorCategory category, string message, object? target = null) =>
        new(new InvalidOperationException(message), id, category, target);

    /// <summary>Parameters that do not go together.</summary>
    public static ErrorRecord ParametersDisagree(string message) => Of("ParametersDisagree", ErrorCategory.InvalidArgument, message);

    private static (string Id, ErrorCategory Category, string Hint) Describe(Exception error) => error switch
    {
        BusNotFoundException => ("BusNotFound", ErrorCategory.ObjectNotFound, "Is Salt running here? Name its bus with -SockDir or -ConfigPath, or with -PubPort and -PullPort where Salt uses TCP (ipc_mode: tcp); or start a bus to test with: Start-SaltEventBus. Test-SaltEventBus shows what is wrong, step by step."),
        BusAccessException => ("BusAccessDenied", ErrorCategory.PermissionDenied, string.Empty),
        BusConnectionException => ("BusConnectionLost", ErrorCategory.ConnectionError, string.Empty),
        BusInUseException => ("BusInUse", ErrorCategory.ResourceExists, string.Empty),
        DeliveryUnknownException => ("DeliveryUnknown", ErrorCategory.ConnectionError, string.Empty),
        BusSelectionException { Reason: BusSelectionReason.Ambiguous } => ("BusAmbiguous", ErrorCategory.InvalidArgument, string.Empty),
        BusSelectionException => ("WrongNode", ErrorCategory.InvalidArgument, string.Empty),
        SaltConfigurationException { Reason: SaltConfigurationReason.Denied } => ("ConfigurationDenied", ErrorCategory.PermissionDenied, string.Empty),
        SaltConfigurationException { Reason: SaltConfigurationReason.NotFound } => ("ConfigurationNotFound", ErrorCategory.ObjectNotFound, string.Empty),
        SaltConfigurationException => ("ConfigurationInvalid", ErrorCategory.InvalidData, "Correct it there, or name the bus itself with -SockDir, or with -PubPort and -PullPort."),
        MasterRequestException request => MasterErrors.Describe(request.Reason),
        FrameFormatException { IsZeroMq: true } => ("NotASaltBus", ErrorCategory.InvalidData, "Give -Transport ZeroMq."),
        FrameFormatException => ("NotASaltBus", ErrorCategory.InvalidData, "Is this a socket of a Salt event bus?"),
        InvalidEventException invalid => (InvalidEvents[invalid.Reason].Id, InvalidEvents[invalid.Reason].Category, string.Empty),
        PlatformNotSupportedException => ("UnixSocketsNotSupported", ErrorCategory.NotInstalled, string.Empty),
        _ => ("SaltEventsInternalError", ErrorCategory.NotSpecified, string.Empty),
    };
}
