using System.Management.Automation;

namespace SaltEvents;

/// <summary>
/// The bytes of an event, for PowerShell's serializer where there is no adapter. An interface, because ConvertTo-Json lists
/// every public property of a class, hidden or not, and writes bytes a number a line.
/// </summary>
public interface IWireEvent
{
    /// <summary>The event's bytes as on the bus: tag, blank line and payload, with what a script has changed.</summary>
    [Hidden]
    byte[] WireBody { get; }
}
