using System;
using System.Collections.Generic;

namespace SaltEvents.Core.ZeroMq;

/// <summary>What one subscriber has subscribed to: the starts of messages (rfc.zeromq.org 29).</summary>
internal sealed class ZeroMqSubscriptions
{
    /// <summary>How many bytes the prefixes may have together. A subscriber with a thousand long tags has a tenth of it.</summary>
    public const int MaxBytes = 1024 * 1024;

    private const int Overhead = 64; // counted for each prefix
    private readonly List<byte[]> prefixes = [];
    private int bytes;

    /// <summary>Takes a message of the subscriber: 1 and a prefix to subscribe to, or 0 and one that it does not want any more.</summary>
    /// <returns>Whether it has subscribed to something.</returns>
    /// <exception cref="InvalidOperationException">It subscribes to too much.</exception>
    public bool Change(ReadOnlySpan<byte> message)
    {
        if (message.IsEmpty || message[0] > 1)
        {
            return false;
        }

        var prefix = message.Slice(1).ToArray();
        if (message[0] == 1)
        {
            bytes += prefix.Length + Overhead;
            prefixes.Add(prefix);
            return bytes <= MaxBytes ? true : throw new InvalidOperationException("A subscriber has too many subscriptions.");
        }

        if (prefixes.FindIndex(p => p.AsSpan().SequenceEqual(prefix)) is var index and >= 0)
        {
            bytes -= prefix.Length + Overhead;
            prefixes.RemoveAt(index);
        }

        return false;
    }

    /// <summary>Whether the subscriber gets a message.</summary>
    public bool Includes(byte[] message)
    {
        foreach (var prefix in prefixes)
        {
            if (message.AsSpan().StartsWith(prefix))
            {
                return true;
            }
        }

        return false;
    }
}
