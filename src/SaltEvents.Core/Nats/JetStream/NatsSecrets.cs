using System;
using System.Linq;
using System.Net;
using System.Security;
using System.Text;
using System.Text.Json;
using NATS.Client.Core;

namespace SaltEvents.Core.Nats.JetStream;

/// <summary>The password and the token, as they are sent: what repeats them in its errors does not get them shown.</summary>
internal sealed class NatsSecrets(NatsBusOptions options)
{
    private const int ErrorStart = 6; // -ERR '
    private readonly byte[][] values = new[] { Reveal(options.Password), Reveal(options.Token) }
        .Where(s => !string.IsNullOrEmpty(s))
        .SelectMany(s => new[] { s!, JsonEncodedText.Encode(s!).ToString() })
        .Select(Encoding.UTF8.GetBytes)
        .ToArray();

    /// <summary>A secret in clear; null if there is none.</summary>
    public static string? Reveal(SecureString? secret) => secret is null ? null : new NetworkCredential(string.Empty, secret).Password;

    /// <summary>Masks what a server says of an error, but for words that say what kind of error it is: a password may be one.</summary>
    public void MaskError(Span<byte> line)
    {
        var masked = line.ToArray();
        Mask(masked);
        if (KindOf(masked) == KindOf(line))
        {
            masked.CopyTo(line);
        }
    }

    private static NatsServerErrorKind KindOf(ReadOnlySpan<byte> line) =>
        new NatsServerErrorEventArgs(Encoding.UTF8.GetString(line).Substring(ErrorStart)).Kind;

    private void Mask(Span<byte> text)
    {
        foreach (var value in values)
        {
            for (int at, from = 0; (at = text.Slice(from).IndexOf(value)) >= 0; from += at + value.Length)
            {
                text.Slice(from + at, value.Length).Fill((byte)'*');
            }
        }
    }

    /// <summary>The text with asterisks in the place of each secret.</summary>
    public string Mask(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Mask(bytes);
        return Encoding.UTF8.GetString(bytes);
    }
}
