using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace SaltEvents.Core.Tests.Support;

/// <summary>One message of a ZeroMQ bus of old Salt: what that Salt decoded, and the bytes.</summary>
public sealed record RecordedMessage(string File, SaltTagForm Form, string Tag, object? Data, byte[] Bytes)
{
    private static readonly (string File, SaltTagForm Form)[] Files =
    [
        ("salt-0.16.4-master.jsonl", SaltTagForm.Padded),
        ("salt-0.16.4-made.jsonl", SaltTagForm.Padded),
        ("salt-0.17.5-master.jsonl", SaltTagForm.PaddedOrDelimited),
        ("salt-2014.7.9-master.jsonl", SaltTagForm.PaddedOrDelimited),
        ("salt-2015.5.11-master.jsonl", SaltTagForm.Delimited),
    ];

    public static IReadOnlyList<RecordedMessage> All { get; } = Files.SelectMany(f => Load(f.File, f.Form)).ToList();

    public override string ToString() => File + ": " + Tag;

    private static IEnumerable<RecordedMessage> Load(string file, SaltTagForm form)
    {
        foreach (var line in System.IO.File.ReadLines(Path.Combine(AppContext.BaseDirectory, "vectors", file)).Where(l => l.Length > 0))
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            yield return new RecordedMessage(
                file,
                form,
                root.GetProperty("tag").GetString()!,
                TaggedJson.Read(root.GetProperty("data")),
                Convert.FromHexString(root.GetProperty("hex").GetString()!)
            );
        }
    }
}
