using System.Globalization;

namespace SaltEvents;

/// <summary>A msgpack extension in a payload to which Salt gives no meaning, kept as it came.</summary>
/// <param name="code">The extension's type, -128 to 127.</param>
/// <param name="data">Its bytes.</param>
public sealed class SaltExtension(int code, byte[] data)
{
    /// <summary>The extension's type, -128 to 127.</summary>
    public int Code { get; } = code;

    /// <summary>Its bytes; a copy, since an extension cannot be edited.</summary>
    public byte[] Data => (byte[])Bytes.Clone();

    internal byte[] Bytes { get; } = data;

    /// <inheritdoc/>
    public override string ToString() => string.Format(CultureInfo.InvariantCulture, "extension {0} ({1} bytes)", Code, Bytes.Length);
}
