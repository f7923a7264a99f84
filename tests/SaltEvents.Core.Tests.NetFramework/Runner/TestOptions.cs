using System.Collections.Generic;
using Xunit.Abstractions;

namespace SaltEvents.Core.Tests.Runner;

/// <summary>xunit's options, of which none is set but by xunit.</summary>
internal sealed class TestOptions : ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
{
    private readonly Dictionary<string, object?> values = [];

    public TValue GetValue<TValue>(string name) => values.TryGetValue(name, out var value) ? (TValue)value! : default!;

    public void SetValue<TValue>(string name, TValue value) => values[name] = value;
}
