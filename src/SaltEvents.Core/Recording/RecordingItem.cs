namespace SaltEvents.Core.Recording;

/// <summary>One event of a recording, still as text.</summary>
/// <param name="Line">The number of its first line, from 1.</param>
/// <param name="Tag">The tag, if it precedes the JSON, as salt-run state.event prints it; null if it does not.</param>
/// <param name="Json">The JSON.</param>
/// <param name="IsTorn">Whether the JSON ends too early: its writer was killed while writing.</param>
public sealed record RecordingItem(long Line, string? Tag, string Json, bool IsTorn);
