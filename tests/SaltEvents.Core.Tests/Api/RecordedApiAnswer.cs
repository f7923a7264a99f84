using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;

namespace SaltEvents.Core.Tests.Api;

/// <summary>A recorded answer of a released salt-api, with its chunks as they were.</summary>
internal sealed record RecordedApiAnswer(string Name, string? Request, string Answer)
{
    private const string Continue = "HTTP/1.1 100 Continue\r\n\r\n";

    /// <summary>Whether nothing came before the time of the recording was over.</summary>
    public bool IsMissing => Answer == "<TIMEOUT>";

    /// <summary>Whether it is, or is a part of, an event stream.</summary>
    public bool IsStream => Request is null || Answer.Contains("Content-Type: text/event-stream", StringComparison.Ordinal);

    /// <summary>Whether it answers such a request, given by the start of its first line.</summary>
    public bool Asks(string line) => !IsStream && Request?.StartsWith(line, StringComparison.Ordinal) == true;

    public int Status => int.Parse(Final.Split(' ')[1], CultureInfo.InvariantCulture);

    private string Final => Answer.StartsWith(Continue, StringComparison.Ordinal) ? Answer[Continue.Length..] : Answer;

    private string Head => Final.Split("\r\n\r\n", 2)[0].TrimEnd('\r', '\n');

    private string Tail => Request is null ? Answer : Final.Split("\r\n\r\n", 2) is [_, var body] ? body : string.Empty;

    private bool IsChunked => Request is null || Head.Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase);

    /// <summary>What the answer says, without chunks.</summary>
    public string Body => IsChunked ? string.Concat(Chunks) : Tail;

    /// <summary>The chunks of the body.</summary>
    public IEnumerable<string> Chunks
    {
        get
        {
            var bytes = Encoding.UTF8.GetBytes(Tail);
            for (var at = 0; at < bytes.Length;)
            {
                var end = Array.IndexOf(bytes, (byte)'\r', at);
                if (
                    end < 0
                    || !int.TryParse(
                        Encoding.ASCII.GetString(bytes, at, end - at),
                        NumberStyles.HexNumber,
                        CultureInfo.InvariantCulture,
                        out var length
                    )
                    || length == 0
                )
                {
                    yield break;
                }

                yield return Encoding.UTF8.GetString(bytes, end + 2, Math.Min(length, bytes.Length - end - 2));
                at = end + 2 + length + 2;
            }
        }
    }

    /// <summary>The same answer with its length counted again: the recordings have lost a line feed here and there.</summary>
    public string Whole
    {
        get
        {
            var headers = Head.Split("\r\n")
                .Where(l =>
                    !l.StartsWith("Content-Length", StringComparison.OrdinalIgnoreCase)
                    && !l.StartsWith("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)
                    && !l.StartsWith("Connection", StringComparison.OrdinalIgnoreCase)
                );
            return (Answer.StartsWith(Continue, StringComparison.Ordinal) ? Continue : string.Empty)
                + string.Join("\r\n", headers.Append($"Content-Length: {Encoding.UTF8.GetByteCount(Body)}"))
                + "\r\n\r\n"
                + Body;
        }
    }

    public static IEnumerable<RecordedApiAnswer> Load(string version) =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "vectors", $"salt-api-{version}.jsonl")).Select(l => JsonNode.Parse(l)!)
            .Select(n => new RecordedApiAnswer((string)n["name"]!, (string?)n["request"], (string)n["answer"]!));

    public static RecordedApiAnswer Find(string version, string name) => Load(version).First(r => r.Name == name);
}
