using System;
using System.Globalization;
using System.Text.Json;

namespace SaltEvents.Core.Nats.JetStream;

/// <summary>What the server answers to a message for a stream (nats-server/server/stream.go, JSPubAckResponse, 2.9.10).</summary>
/// <param name="Sequence">Its number in the stream; of a duplicate, that of the first one.</param>
/// <param name="IsDuplicate">Whether the stream had it already.</param>
/// <param name="ErrorCode">The server's number of the error; 0 where it was stored.</param>
/// <param name="Error">The error in the server's words.</param>
internal readonly record struct PublishAnswer(ulong Sequence, bool IsDuplicate, int ErrorCode, string? Error)
{
    /// <summary>In place of the server's number of the error: nothing takes messages with that subject.</summary>
    public const int NoResponders = -2;

    /// <summary>Whether the stream has it.</summary>
    public bool IsStored => Error is null;

    /// <summary>Reads an answer. One that cannot be read is an error.</summary>
    public static PublishAnswer Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.TryGetProperty("error", out var error))
            {
                var text = error.TryGetProperty("description", out var description) ? description.GetString() : null;
                return new PublishAnswer(
                    0,
                    false,
                    error.TryGetProperty("err_code", out var code) ? code.GetInt32() : -1,
                    text ?? "an error without a message"
                );
            }

            return new PublishAnswer(
                root.GetProperty("seq").GetUInt64(),
                root.TryGetProperty("duplicate", out var duplicate) && duplicate.GetBoolean(),
                0,
                null
            );
        }
        catch (Exception e)
            when (e is JsonException or InvalidOperationException or System.Collections.Generic.KeyNotFoundException or FormatException)
        {
            return new PublishAnswer(
                0,
                false,
                -1,
                string.Format(CultureInfo.InvariantCulture, "an invalid answer ({0} bytes)", json.Length)
            );
        }
    }
}
