using System;
using System.Management.Automation;

namespace SaltEvents.Base;

/// <summary>
/// Rejects what the type <see cref="Seconds"/> of a parameter does not, or not clearly: $null, an array, a number that is no time to
/// wait, and 0 if some time is needed.
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

        if (!LanguagePrimitives.TryConvertTo<Seconds>(inputData, out var seconds) || !seconds.IsTimeToWait)
        {
            var given = LanguagePrimitives.GetEnumerable(inputData) is null ? $"'{TerminalText.OneLine(inputData)}'" : "A list";
            throw new ArgumentTransformationMetadataException($"{given} is not a time to wait. {Seconds.Advice}");
        }

        return NeedsTime && seconds.Time == TimeSpan.Zero
            ? throw new ArgumentTransformationMetadataException(
                "0 leaves the master no time to answer. Nothing was sent. Give seconds such as 5 or 0.5, or -1 or Infinite to wait without end."
            )
            : inputData;
    }
}
