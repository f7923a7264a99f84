using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Tests.Support;

/// <summary>One event of the recorded vectors: what Salt decoded, and the frame it put on the socket.</summary>
public sealed record RecordedEvent(string File, string Tag, PayloadMap Data, byte[] Frame)
{
    public static IReadOnlyList<RecordedEvent> All { get; } =
        new[] { "salt-3006-master.jsonl", "salt-3006-minion.jsonl", "salt-3006-session.jsonl" }.SelectMany(Load).ToList();

    public override string ToString() => File + ": " + Tag;

    private static IEnumerable<RecordedEvent> Load(string file)
    {
        foreach (var line in System.IO.File.ReadLines(Path.Combine(AppContext.BaseDirectory, "vectors", file)))
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            yield return new RecordedEvent(
                file,
                root.GetProperty("tag").GetString()!,
                (PayloadMap)TaggedJson.Read(root.GetProperty("data"))!,
                root.GetProperty("frame").GetBytesFromBase64());
        }
    }
}
