namespace SaltEvents.Core.Recording;

/// <summary>One event of a recording, still as text.</summary>
/// <param name="Line">The number of its first line, from 1.</param>
/// <param name="Tag">The tag, where it stands before the JSON as salt-run state.event prints it; null where it does not.</param>
/// <param name="Json">The JSON.</param>
/// <param name="IsTorn">Whether the JSON ends too early: whoever wrote it was ended while writing.</param>
public sealed record RecordingItem(long Line, string? Tag, string Json, bool IsTorn);
