using System.Text;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Master;

/// <summary>Values out of a master's messages: bytes in one version of msgpack are text in another.</summary>
internal static class MessageValues
{
    public static byte[]? Bytes(object? value) => value as byte[] ?? (value is string text ? Encoding.UTF8.GetBytes(text) : null);

    public static string? Text(object? value) => value as string ?? (value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : null);

    /// <summary>A msgpack value; null if it is not one. The bytes are shown nowhere.</summary>
    public static object? TryDecode(byte[] bytes)
    {
        try
        {
            return PayloadDecoder.Decode(bytes);
        }
        catch (EventFormatException)
        {
            return null;
        }
    }
}
