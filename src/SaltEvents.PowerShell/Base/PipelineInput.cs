using System;
using System.Management.Automation;

namespace SaltEvents.Base;

/// <summary>
/// Another parameter for the pipeline, for a command whose own one is taken by a default of $PSDefaultParameterValues, or excluded by
/// the parameter set of one: PowerShell binds these defaults before the pipeline. It is dynamic, so that no syntax shows it.
/// </summary>
/// <param name="take">What takes the object from the pipeline; it gets null after the object.</param>
internal sealed class PipelineInput<T>(Action<T?> take)
    where T : class
{
    private T? value;

    /// <summary>The object from the pipeline.</summary>
    [Parameter(ValueFromPipeline = true, DontShow = true)]
    public T? InputObject
    {
        get => value;
        set => take(this.value = value);
    }
}
