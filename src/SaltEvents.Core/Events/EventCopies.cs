using System;
using System.IO;
using System.Security.Cryptography;
using System.Text;

namespace SaltEvents.Core.Events;

/// <summary>
/// Tells copies of an event from events of the same content. A master of masters gives what passes a syndic twice, plain and under
/// syndic/&lt;id&gt;/, and masters of a cluster give each other's events; each copy has a stamp of its own. Of what comes from one
/// origin nothing is a copy, so that two equal events that were fired one after the other stay two.
/// </summary>
internal sealed class EventCopies
{
    private const string Peer = "__peer_id";
    private const int Capacity = 20_000;
    private readonly CopyCounter<string> seen = new(Capacity);

    /// <summary>Whether the event is a copy of one that was given here before, from another origin.</summary>
    public bool IsCopy(SaltEvent saltEvent)
    {
        var (tag, syndic) = SyndicTag.Split(saltEvent.Tag);
        var (content, peer) = Read(saltEvent);
        return seen.IsCopy(tag + "\n" + content, $"{syndic}\n{peer}");
    }

    // The payload without what differs between copies, as a hash; and the peer that it names.
    private static (string Content, string? Peer) Read(SaltEvent saltEvent)
    {
        var payload = saltEvent.Payload;
        var entries = saltEvent.Fields.GetEntries();
        if (!entries.IsMap)
        {
            return (Hash(payload.ToArray()), null);
        }

        using var rest = new MemoryStream();
        var hasPeer = false;
        while (entries.MoveNext())
        {
            var name = entries.HasTextKey ? Encoding.UTF8.GetString(entries.KeyText.ToArray()) : string.Empty;
            hasPeer |= name == Peer;
            if (name is not (EventCodec.StampKey or Peer))
            {
                var bytes = payload.Slice(entries.EntryOffset, entries.ValueOffset + entries.ValueLength - entries.EntryOffset).ToArray();
                rest.Write(bytes, 0, bytes.Length);
            }
        }

        return (Hash(rest.ToArray()), hasPeer ? FindPeer(saltEvent) : null);
    }

    private static string? FindPeer(SaltEvent saltEvent)
    {
        try
        {
            return saltEvent.Fields.TryGetValue(Peer, out var peer) ? peer as string : null;
        }
        catch (EventFormatException)
        {
            return null;
        }
    }

    private static string Hash(byte[] bytes)
    {
        using var algorithm = SHA256.Create();
        return Convert.ToBase64String(algorithm.ComputeHash(bytes));
    }
}
