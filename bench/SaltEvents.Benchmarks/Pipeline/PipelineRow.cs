namespace SaltEvents.Benchmarks.Pipeline;

/// <summary>One run of one row of the table.</summary>
/// <param name="Shell">"pwsh" or "engine".</param>
/// <param name="Row">The pipeline.</param>
/// <param name="Run">The number of the run; 0 is the warm-up.</param>
/// <param name="Events">Microseconds of the processor an event.</param>
/// <param name="Objects">The same for a plain object.</param>
internal sealed record PipelineRow(string Shell, string Row, int Run, double Events, double Objects);
