using System;
using System.Collections.Generic;

namespace SaltEvents.Payload.Lazy;

/// <summary>Compares the keys of maps by value, including byte arrays.</summary>
internal sealed class PayloadKeyComparer : IEqualityComparer<object?>
{
    public static PayloadKeyComparer Instance { get; } = new();

    public new bool Equals(object? one, object? other) =>
        one is byte[] bytes ? other is byte[] others && bytes.AsSpan().SequenceEqual(others) : object.Equals(one, other);

    public int GetHashCode(object? key)
    {
        if (key is not byte[] bytes)
        {
            return key?.GetHashCode() ?? 0;
        }

        var hash = bytes.Length;
        foreach (var b in bytes)
        {
            hash = unchecked((31 * hash) + b);
        }

        return hash;
    }
}
