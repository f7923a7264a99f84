using System;
using System.Management.Automation;

namespace SaltEvents.Base;

/// <summary>
/// Rejects what the type <see cref="Seconds"/> of a parameter does not: $null, a number that is no time to wait, and 0 if some time
/// is needed.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class WaitTimeAttribute : ArgumentTransformationAttribute
{
    /// <summary>Whether 0 is refused, because the awaited event always takes some time.</summary>
    public bool NeedsTime { get; set; }

    /// <inheritdoc/>
    public override bool TransformNullOptionalParameters => true;

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        if ((inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is null)
        {
            throw new ArgumentTransformationMetadataException(
                $"$null is not a time to wait. {Seconds.Advice} Without the parameter, its default is used."
            );
        }

        if (!LanguagePrimitives.TryConvertTo<Seconds>(inputData, out var seconds))
        {
            return inputData; // the type says what is wrong
        }

        if (!seconds.IsTimeToWait)
        {
            throw new ArgumentTransformationMetadataException($"'{TerminalText.OneLine(inputData)}' is not a time to wait. {Seconds.Advice}");
        }

        return NeedsTime && seconds.Time == TimeSpan.Zero
            ? throw new ArgumentTransformationMetadataException(
                "0 leaves the master no time to answer. Nothing was sent. Give seconds such as 5 or 0.5, or -1 or Infinite to wait without end."
            )
            : inputData;
    }
}
