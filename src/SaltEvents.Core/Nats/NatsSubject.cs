using System;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SaltEvents.Core.Nats;

/// <summary>
/// The subjects of events: salt.&lt;site&gt;.&lt;tag&gt;, with a dot for each slash of the tag, so that the server can filter by
/// it. A byte that a subject cannot hold, a dot, a wildcard and a percent sign are %XX; an empty part of the tag is only %.
/// </summary>
internal static class NatsSubject
{
    /// <summary>What the subjects of all events start with.</summary>
    public const string Events = "salt";

    /// <summary>What the subjects start with on which a relay takes events to fire. They are in no stream.</summary>
    public const string Requests = "salt-send";

    /// <summary>All tags of all sites.</summary>
    public const string AllEvents = Events + ".>";

    // A server ends the connection if a line of the protocol, which includes the subject, is longer than 4096 bytes.
    private const int MaxTagLength = 1024;
    private const string Empty = "%";
    private const string Hash = "%~";

    /// <summary>
    /// The subject of an event. For a tag that is too long for a subject, its start and a hash: the whole tag is in the event.
    /// </summary>
    public static string Format(string prefix, string site, ReadOnlySpan<byte> tag)
    {
        var subject = new StringBuilder(prefix.Length + site.Length + tag.Length + 8).Append(prefix).Append('.').Append(site).Append('.');
        var start = subject.Length;
        Append(subject, tag, isWhole: true);
        if (subject.Length - start > MaxTagLength)
        {
            var end = subject.ToString(start, MaxTagLength).LastIndexOf('.');
            subject.Length = start + Math.Max(end + 1, 0);
            subject.Append(Hash).Append(HashOf(tag));
        }

        return subject.ToString();
    }

    /// <summary>A subject that all tags with this start have, as narrow as the parts of a subject allow.</summary>
    public static string Filter(string site, ReadOnlySpan<byte> tagStart)
    {
        // Only the parts before the last slash are whole.
        var slash = tagStart.LastIndexOf((byte)'/');
        var subject = new StringBuilder(Events).Append('.').Append(site);
        if (slash >= 0)
        {
            subject.Append('.');
            var start = subject.Length;
            Append(subject, tagStart.Slice(0, slash), isWhole: true);
            if (subject.Length - start > MaxTagLength)
            {
                subject.Length = start - 1;
            }
        }

        return subject.Append(".>").ToString();
    }

    /// <summary>Whether a text can be a site's name: ASCII letters, digits, - and _.</summary>
    public static bool IsName(string text)
    {
        foreach (var c in text)
        {
            if (!(c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '-' or '_'))
            {
                return false;
            }
        }

        return text.Length is > 0 and <= 64;
    }

    /// <summary>A text as a header's value: printable ASCII, and the rest of it as %XX.</summary>
    public static string EscapeHeader(ReadOnlySpan<byte> text)
    {
        var value = new StringBuilder(text.Length);
        foreach (var b in text)
        {
            Append(value, b, isPlain: b is > 0x20 and < 0x7F and not (byte)'%');
        }

        return value.ToString();
    }

    private static void Append(StringBuilder subject, ReadOnlySpan<byte> tag, bool isWhole)
    {
        var partStart = subject.Length;
        foreach (var b in tag)
        {
            if (b == '/')
            {
                subject.Append(subject.Length == partStart ? Empty + "." : ".");
                partStart = subject.Length;
            }
            else
            {
                Append(subject, b, isPlain: b is > 0x20 and < 0x7F and not ((byte)'.' or (byte)'*' or (byte)'>' or (byte)'%'));
            }
        }

        if (isWhole && subject.Length == partStart)
        {
            subject.Append('%');
        }
    }

    private static void Append(StringBuilder text, byte b, bool isPlain)
    {
        if (isPlain)
        {
            text.Append((char)b);
        }
        else
        {
            text.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }
    }

    private static string HashOf(ReadOnlySpan<byte> tag)
    {
        using var sha = SHA256.Create();
        return BitConverter.ToString(sha.ComputeHash(tag.ToArray())).Replace("-", string.Empty).Substring(0, 32);
    }
}
