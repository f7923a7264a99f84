using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Recording;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Recording;

/// <summary>What is written of an event gives the same event again, byte for byte.</summary>
public sealed class EventLineTests
{
    public static TheoryData<string, string> Payloads =>
        new()
        {
            {
                "a map with keys of every kind, and the same key twice",
                "86 01 a1 61  c0 a1 62  c3 a1 63  c4 01 ff a1 64  a1 41 01  a1 61 02"
            },
            { "keys that differ in case", "82 a1 41 01 a1 61 02" },
            { "one key twice", "82 a1 61 01 a1 61 02" },
            { "a key that starts as the tags of the JSON do", "81 a6 24 62 79 74 65 73 a1 78" },
            { "a map that looks like bytes", "81 a6 24 62 79 74 65 73 c4 01 00" },
            { "bytes", "81 a1 61 c4 03 00 fe ff" },
            { "text that is not UTF-8", "81 a1 61 a2 c3 28" },
            { "a key that is not UTF-8", "81 a2 c3 28 01" },
            { "a datetime", "81 a1 61 c7 18 4e 32303236313132375431303a30303a30302e313233343536" },
            { "a datetime that none is", "81 a1 61 c7 03 4e 313233" },
            { "a named constant", "81 a1 61 c7 05 4f 92 a1 78 a1 79" },
            { "an extension", "81 a1 61 c7 03 05 01 02 03" },
            { "nan of Python", "81 a1 61 cb 7f f8 00 00 00 00 00 00" },
            { "nan of .NET", "81 a1 61 cb ff f8 00 00 00 00 00 00" },
            { "infinities", "82 a1 61 cb 7f f0 00 00 00 00 00 00 a1 62 cb ff f0 00 00 00 00 00 00" },
            { "minus zero", "81 a1 61 cb 80 00 00 00 00 00 00 00" },
            { "a float without fraction", "81 a1 61 cb 3f f0 00 00 00 00 00 00" },
            { "a float with all its digits", "81 a1 61 cb 3f b9 99 99 99 99 99 9a" },
            { "the smallest float", "81 a1 61 cb 00 00 00 00 00 00 00 01" },
            { "a float of 32 bits", "81 a1 61 ca 3d cc cc cd" },
            {
                "integers at their limits",
                "84 a1 61 cf ff ff ff ff ff ff ff ff a1 62 d3 80 00 00 00 00 00 00 00 a1 63 cf 80 00 00 00 00 00 00 00 a1 64 cf 7f ff ff ff ff ff ff ff"
            },
            { "an integer wider than needed", "81 a1 61 d2 00 00 00 01" },
            { "text wider than needed", "81 da 00 01 61 d9 01 62" },
            { "a bin as key and text", "82 c4 01 61 01 a1 61 02" },
            { "control characters and quotes", "81 a1 61 a8 00 0a 0d 1b 22 5c 7f 2f" },
            { "characters of all planes", "81 a1 61 ab f0 9f 98 80 e2 80 a8 ef bb bf c3" },
            { "no map", "a5 68 65 6c 6c 6f" },
            { "nothing at all", "c0" },
            { "no msgpack", "c1 00" },
            { "bytes after the value", "80 00" },
        };

    [Theory]
    [InlineData("""{"tag":"my/tag","site":"hq","data":{"a":1}}""", "hq")]
    [InlineData("""{"Tag":"my/tag","Data":{"a":1},"Site":"hq"}""", "hq")]
    [InlineData("""{"Tag":"my/tag","Data":{"site":"a field"},"Site":"a field"}""", null)]
    [InlineData("""{"tag":"my/tag","site":null,"data":{}}""", null)]
    public void The_site_is_read_where_it_is_not_a_field(string line, string? site)
    {
        var read = EventLine.Read(line, null, out _);
        Assert.Equal(site, read.Site);
        Assert.Equal(
            site,
            EventLine.Read(Encoding.UTF8.GetString(EventLine.Write(read, includesSecrets: true, isSecret: false)), null, out _).Site
        );
    }

    [Theory]
    [MemberData(nameof(Payloads))]
    public void Nothing_is_lost(string what, string hex)
    {
        Assert.NotEmpty(what);
        AssertSame([.. "my/tag\n\n"u8, .. Convert.FromHexString(string.Concat(hex.Split(' ')))]);
    }

    [Fact]
    public void Nothing_is_lost_of_a_tag_that_is_not_UTF_8() => AssertSame([0xFF, .. "/tag\n\n"u8, 0x80]);

    [Fact]
    public void Nothing_is_lost_of_an_event_without_a_tag() => AssertSame([.. "\n\n"u8, 0x80]);

    [Fact]
    public void Nothing_is_lost_of_what_Salt_sent() =>
        Assert.All(RecordedEvent.All, recorded => AssertSame(Body(recorded.Frame)));

    [Fact]
    public void Nothing_is_lost_of_the_deepest_payload()
    {
        object? value = 1L;
        for (var i = 0; i < FrameLimits.MaxPayloadDepth; i++)
        {
            value = new PayloadMap { { (long)i, value } };
        }

        AssertSame(EventCodec.Encode("deep", (PayloadMap)value!, null, int.MaxValue));
    }

    [Fact]
    public void An_ordinary_event_is_JSON_that_people_read_and_nothing_else()
    {
        var body = EventCodec.Encode("my/tag", new PayloadMap { { "fun", "test.ping" }, { "where", "Zürich <b> 日本" }, { "n", 1L } }, null);
        Assert.Equal("{\"tag\":\"my/tag\",\"data\":{\"fun\":\"test.ping\",\"where\":\"Zürich <b> 日本\",\"n\":1}}\n", Line(body));
    }

    [Fact]
    public void Data_that_somebody_changed_count_and_not_the_bytes_beside_them()
    {
        var body = Convert.FromHexString("610A0A81A16ED200000001"); // a wide 1, so that the bytes stand beside the data
        var line = Line(body);
        Assert.Contains("\"body\"", line, StringComparison.Ordinal);
        var read = EventLine.Read(Regex.Replace(line, "\"n\":1", "\"n\":2"), null, out var isEdited);
        Assert.True(isEdited);
        Assert.Equal(2L, read.Fields.TryGetValue("n", out var n) ? n : null);
    }

    [Fact]
    public void Secrets_are_masked_wherever_they_are_and_their_bytes_are_not_beside_them()
    {
        var payload = new PayloadMap
        {
            { "password", "hunter2" },
            { "n", 1L },
            {
                "data",
                new PayloadMap
                {
                    {
                        "Token",
                        new PayloadMap { { "x", "hunter2" } }
                    },
                    { "list", new object?[] { new PayloadMap { { "private_key", "hunter2"u8.ToArray() } } } },
                }
            },
            { "f", 0.5f },
            { "secret", null },
        };
        var body = EventCodec.Encode("my/tag", payload, null);
        var line = Line(body, includesSecrets: false);
        Assert.DoesNotContain("hunter2", line, StringComparison.Ordinal);
        Assert.DoesNotContain("body", line, StringComparison.Ordinal);
        Assert.Equal(4, line.Split(["$masked"], StringSplitOptions.None).Length);
        var read = EventLine.Read(line, null, out _);
        Assert.Equal("password", SecretFields.FindMasked(read.Body.Span));
        Assert.Equal(
            "data.list[0].private_key",
            SecretFields.FindMasked(
                EventCodec.Encode(
                    "x",
                    new PayloadMap
                    {
                        {
                            "data",
                            ((PayloadMap)((PayloadMap)read.Fields.Decode()!)["data"]!) is var d
                                ? new PayloadMap { { "list", d["list"] } }
                                : null
                        },
                    },
                    null
                )
            )
        );
        Assert.Null(SecretFields.FindMasked(body));
        Assert.Null(SecretFields.FindMasked(EventCodec.Encode("x", new PayloadMap { { "a", "(secret)" } }, null)));
    }

    [Theory]
    [InlineData("[[\"Accept\",\"x\"],[\"X-Auth-Token \",\"hunter2\"]]", "[[\"Accept\",\"x\"],[\"X-Auth-Token \",{\"$masked\":true}]]")]
    [InlineData("[{\"value\":\"hunter2\",\"name\":\"authorization\"}]", "[{\"value\":{\"$masked\":true},\"name\":\"authorization\"}]")]
    [InlineData("[\"Accept: x\",\"Cookie: hunter2\"]", "[\"Accept: x\",{\"$masked\":true}]")]
    [InlineData("{\"authorization\\t\":\"hunter2\"}", "{\"authorization\\t\":{\"$masked\":true}}")]
    [InlineData("[\"joe\",\"password=hunter2\",5]", "[\"joe\",{\"$masked\":true},5]")]
    [InlineData("[\"a password=b\",\"=x\",\"name=joe\",\"\"]", "[\"a password=b\",\"=x\",\"name=joe\",\"\"]")]
    [InlineData(
        "{\"$constant\":[\"N\",{\"password\":\"hunter2\"}]}",
        "{\"$constant\":[\"N\",{\"password\":{\"$masked\":true}}]}"
    )]
    [InlineData("{\"/etc/app/token\":\"new\",\"no token\":1}", "{\"/etc/app/token\":\"new\",\"no token\":1}")]
    [InlineData("{\"file_|-/x/secret_|-/x/secret_|-managed\":1}", "{\"file_|-/x/secret_|-/x/secret_|-managed\":1}")]
    [InlineData("[\"password\",\"token\"]", "[\"password\",\"token\"]")]
    [InlineData("[[\"password\",\"token\"],5]", "[[\"password\",\"token\"],5]")]
    [InlineData("[[\"token\",\"\"]]", "[[\"token\",\"\"]]")]
    [InlineData("[\"failed to read: token\",\"token: x\"]", "[\"failed to read: token\",\"token: x\"]")]
    [InlineData("{\"name\":\"nginx\",\"value\":\"1\"}", "{\"name\":\"nginx\",\"value\":\"1\"}")]
    public void A_secret_is_known_by_its_name_whatever_form_the_fields_have(string headers, string shown)
    {
        var read = EventLine.Read($"{{\"tag\":\"a\",\"data\":{{\"headers\":{headers}}}}}", null, out _);
        Assert.Contains(shown, Encoding.UTF8.GetString(EventLine.Write(read, includesSecrets: false, isSecret: false)), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_job_of_an_entirely_secret_payload_is_written()
    {
        var body = EventCodec.Encode(
            "salt/job/1/publish",
            new PayloadMap
            {
                { "fun", "cmd.run" },
                { "arg", new object?[] { "hunter2" } },
                { "jid", "1" },
                { "_stamp", "2026-11-27T10:00:00" },
            },
            null
        );
        var line = Line(body, includesSecrets: false, isSecret: true);
        Assert.Equal(
            "{\"tag\":\"salt/job/1/publish\",\"data\":{\"fun\":\"cmd.run\",\"arg\":{\"$masked\":true},\"jid\":\"1\",\"_stamp\":\"2026-11-27T10:00:00\"}}\n",
            line
        );
    }

    [Theory]
    [InlineData("{\"tag\":5,\"data\":{}}")]
    [InlineData("{\"tag\":\"a\"}")]
    [InlineData("{\"tag\":\"a\\n\\nb\",\"data\":{}}")]
    [InlineData("{\"tag\":\"a\",\"data\":{},\"body\":\"!\"}")]
    [InlineData("{\"tag\":\"a\",\"data\":{},\"frame\":\"gQ==\"}")]
    [InlineData("{\"tag\":\"a\",\"data\":{\"x\":\"\\ud800\"}}")]
    [InlineData("{\"tag\":\"a\",\"data\":{}")]
    [InlineData("[]")]
    [InlineData("hello")]
    [InlineData("{\"tag\":\"my/tag\",\"data\":{},\"hex\":\"-1\"}")]
    [InlineData("{\"tag\":\"my/tag\",\"data\":{},\"hex\":\"6D792F7461677C7C7C7C7C7C7C7C7C7C7C7C7C7C81A161010\"}")]
    public void A_line_that_is_not_an_event_is_refused(string json) =>
        Assert.Throws<RecordingFormatException>(() => EventLine.Read(json, null, out _));

    [Fact]
    public void The_recordings_of_the_tests_give_what_was_on_the_bus()
    {
        // What salt-api answered are no events.
        foreach (
            var file in Directory
                .GetFiles(Path.Combine(AppContext.BaseDirectory, "vectors"), "*.jsonl")
                .Where(f => !Path.GetFileName(f).StartsWith("salt-api-", StringComparison.Ordinal))
        )
        {
            using var stream = File.OpenRead(file);
            var read = RecordingReader.Read(stream).Select(item => EventLine.Read(item.Json, item.Tag, out _)).ToArray();
            var lines = File.ReadAllLines(file);
            Assert.Equal(lines.Length, read.Length);
            Assert.Equal(lines.Select(l => JsonDocument.Parse(l).RootElement.GetProperty("tag").GetString()), read.Select(e => e.Tag));
        }
    }

    [Fact]
    public void A_message_of_a_ZeroMQ_bus_can_be_read()
    {
        var read = EventLine.Read(
            "{\"salt\":\"0.16.4\",\"tag\":\"my/tag\",\"data\":{\"a\":1},\"hex\":\"6D792F7461677C7C7C7C7C7C7C7C7C7C7C7C7C7C81A16101\"}",
            null,
            out _
        );
        Assert.Equal("my/tag", read.Tag);
        Assert.Equal(1L, read.Fields.TryGetValue("a", out var a) ? a : null);
    }

    private static string Line(byte[] body, bool includesSecrets = true, bool isSecret = false) =>
        Encoding.UTF8.GetString(EventLine.Write(EventCodec.Decode(body, takesEmptyTag: true), includesSecrets, isSecret));

    private static void AssertSame(byte[] body)
    {
        var line = Line(body);
        Assert.Equal(1, line.Count(c => c == '\n'));
        var item = Assert.Single(RecordingReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(line))));
        Assert.False(item.IsTorn);
        var read = EventLine.Read(item.Json, item.Tag, out var isEdited);
        Assert.False(isEdited, line);
        Assert.True(read.Body.Span.SequenceEqual(body), line);
    }

    private static byte[] Body(byte[] frame)
    {
        var scanner = new FrameScanner(FrameLimits.DefaultMaxFrameBytes);
        Assert.Equal(WalkResult.Done, scanner.Scan(frame));
        return frame.AsSpan(scanner.BodyOffset, scanner.BodyLength).ToArray();
    }
}
