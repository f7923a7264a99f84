using System;

namespace SaltEvents.Benchmarks.Events;

/// <summary>An event was lost, doubled or overtaken: what was measured is worth nothing.</summary>
internal sealed class OutOfOrderException(string message) : Exception(message);
